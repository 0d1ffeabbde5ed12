"""RAdam: Adam that waits for its measure of the gradients to be trustworthy."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, check_betas, number
from minitorch.optim.bucket import Constants, Memory, Number, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.means import mean, mean_square
from minitorch.optim.optimizer import Group, Params

RADAM_MEMORY = {"step": Number(), "exp_avg": 0.0, "exp_avg_sq": 0.0}


def radam(
    d: Array, g: Array, m: Array, v: Array, t: float, k: Constants, *,
    lr: float, beta1: float, beta2: float, eps: float,
) -> None:  # fmt: skip
    """d = α r m̂ / (√v̂ + ε) once the variance of 1/√v̂ is tractable (ρₜ > 5), where r rectifies it; before, d = α m̂."""
    mean(m, g, k[1 - beta1], room=d)
    mean_square(v, g, k[beta2], k[1 - beta2], room=d)
    rate = float(lr / (1 - beta1**t))
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho > 5:
        rectification = (((rho - 4) * (rho - 2) * rho_inf) / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5
        np.sqrt(v, out=d)
        d += k[eps]
        np.divide(m, d, out=d)
        d *= rate * rectification * (1 - beta2**t) ** 0.5
    else:
        np.multiply(m, rate, out=d)


class RAdam(FlatOptimizer):
    """RAdam of Liu et al., "On the variance of the adaptive learning rate and beyond" (2020), algorithm 2.

    ``weight_decay`` adds λx to the gradient, or with ``decoupled_weight_decay`` shrinks x by the factor 1 − ``lr`` · λ.
    ``maximize`` climbs instead. ``foreach`` chooses between implementations in PyTorch; here it changes nothing.

    Raises ``ValueError`` for a negative number among the options, and for ``betas`` outside [0, 1).

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.RAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()  # at first along the mean of the gradients
    >>> w
    tensor([ 0.8000, -1.6000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
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
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        return RADAM_MEMORY

    def _update(self, group: Group, o: Operands) -> None:
        lr, (beta1, beta2) = number(group["lr"]), group["betas"]
        radam(
            o.d, o.gradient(group), o.state["exp_avg"], o.state["exp_avg_sq"], o.t, o.k,
            lr=lr, beta1=beta1, beta2=beta2, eps=group["eps"],
        )  # fmt: skip
        o.decay(group, lr)
