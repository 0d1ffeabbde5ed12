"""Adadelta: steps measured by the steps before them, so that no learning rate is needed."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, number
from minitorch.optim.bucket import Constants, Memory, Number, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.means import mean_square
from minitorch.optim.optimizer import Group, Params

ADADELTA_MEMORY = {"step": Number(), "square_avg": 0.0, "acc_delta": 0.0}


def adadelta(
    d: Array, e: Array, g: Array, v: Array, u: Array, k: Constants, *, lr: float, rho: float, eps: float
) -> None:
    """d = γΔ with Δ = g √(u + ε) / √(v + ε), from running means v of g² and u of the Δ² before."""
    mean_square(v, g, k[rho], k[1 - rho], room=d)
    np.sqrt(np.add(u, k[eps], out=d), out=d)
    np.sqrt(np.add(v, k[eps], out=e), out=e)
    d /= e
    d *= g
    mean_square(u, d, k[rho], k[1 - rho], room=e)
    d *= k[lr]


class Adadelta(FlatOptimizer):
    """Adadelta of Zeiler, "ADADELTA: an adaptive learning rate method" (2012), algorithm 1.

    ``rho`` is the decay rate of both running means; ``lr`` scales the steps and is 1 in the paper. ``weight_decay``
    adds λx to the gradient; ``maximize`` climbs instead. ``foreach`` chooses between implementations in PyTorch; here
    it changes nothing.

    Raises ``ValueError`` for a negative number among the options, and for ``rho`` above 1.

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.Adadelta([w], lr=100.0)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.6838, -1.6838], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check("learning rate", lr)
        check("rho value", rho)
        if rho > 1:
            raise ValueError(f"Invalid rho value: {rho}, it must be at most 1")
        check("epsilon value", eps)
        check("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        return ADADELTA_MEMORY

    def _update(self, group: Group, o: Operands) -> None:
        adadelta(
            o.d, o.e, o.gradient(group), o.state["square_avg"], o.state["acc_delta"], o.k,
            lr=number(group["lr"]), rho=group["rho"], eps=group["eps"],
        )  # fmt: skip
