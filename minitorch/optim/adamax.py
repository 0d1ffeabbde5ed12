"""Adamax: Adam that measures gradients by their largest magnitude, which is forgotten slowly."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, check_betas, number
from minitorch.optim.bucket import Constants, Memory, Number, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.means import mean
from minitorch.optim.optimizer import Group, Params

ADAMAX_MEMORY = {"step": Number(), "exp_avg": 0.0, "exp_inf": 0.0}


def adamax(
    d: Array, g: Array, m: Array, u: Array, t: float, k: Constants, *,
    lr: float, beta1: float, beta2: float, eps: float,
) -> None:  # fmt: skip
    """d = α m̂ / u with m̂ = m / (1 − β₁ᵗ), from the running mean m of g and u ← max(β₂u, |g| + ε)."""
    mean(m, g, k[1 - beta1], room=d)
    np.abs(g, out=d)
    d += k[eps]
    u *= k[beta2]
    np.maximum(u, d, out=u)
    np.divide(m, u, out=d)
    d *= float(lr / (1 - beta1**t))


class Adamax(FlatOptimizer):
    """Adamax of Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 2.

    ``weight_decay`` adds λx to the gradient; ``maximize`` climbs instead. ``foreach`` chooses between implementations
    in PyTorch; here it changes nothing.

    Raises ``ValueError`` for a negative number among the options, and for ``betas`` outside [0, 1).

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.Adamax([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check("learning rate", lr)
        check("epsilon value", eps)
        check_betas(betas)
        check("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        return ADAMAX_MEMORY

    def _update(self, group: Group, o: Operands) -> None:
        beta1, beta2 = group["betas"]
        adamax(
            o.d, o.gradient(group), o.state["exp_avg"], o.state["exp_inf"], o.t, o.k,
            lr=number(group["lr"]), beta1=beta1, beta2=beta2, eps=group["eps"],
        )  # fmt: skip
