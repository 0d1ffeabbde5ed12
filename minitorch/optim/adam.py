"""Adam: the running mean of gradients, measured by their running magnitude."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, check_betas, check_switches, number
from minitorch.optim.bucket import Constants, Memory, Number, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.fused import Fused, adam_kernel
from minitorch.optim.means import mean, mean_square
from minitorch.optim.optimizer import Group, Params


def adam(
    d: Array, g: Array, m: Array, v: Array, v_max: Array | None, t: float, k: Constants, *,
    lr: float, beta1: float, beta2: float, eps: float,
) -> None:  # fmt: skip
    """d = α m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ), from running means m of g and v of g²."""
    mean(m, g, k[1 - float(beta1)], room=d)
    mean_square(v, g, k[beta2], k[1 - beta2], room=d)
    if v_max is not None:
        v = np.maximum(v_max, v, out=v_max)
    small, rate = corrected(t, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    np.sqrt(v, out=d)
    d += small
    np.divide(m, d, out=d)
    d *= rate


def corrected(t: float, *, lr: float, beta1: float, beta2: float, eps: float) -> tuple[float, float]:
    """What stands for ε and α in d = α m / (√v + ε): √v̂ + ε = (√v + root · ε) / root spares a pass."""
    root = float((1 - beta2**t) ** 0.5)
    return root * eps, root * float(lr / (1 - beta1**t))


ADAM_MEMORY = {"step": Number(), "exp_avg": 0.0, "exp_avg_sq": 0.0}
AMSGRAD_MEMORY = {**ADAM_MEMORY, "max_exp_avg_sq": 0.0}


class Adam(FlatOptimizer):
    """Adam of Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.

    ``betas`` are the decay rates β₁ of the mean of gradients and β₂ of the mean of their squares. ``amsgrad`` measures
    by the largest mean of squares so far (Reddi et al. 2018). ``weight_decay`` adds λx to the gradient, or with
    ``decoupled_weight_decay`` shrinks x by the factor 1 − ``lr`` · λ, as ``AdamW`` does. ``maximize`` climbs instead.

    ``fused=True`` takes each step in one pass, by a kernel of Numba's where that is installed (not with ``amsgrad``);
    the numbers are the same. ``foreach`` is accepted and changes nothing.

    Raises ``ValueError`` for a negative ``lr``, ``eps`` or ``weight_decay``, and for ``betas`` outside [0, 1).

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_switches(lr, foreach=foreach, fused=fused, capturable=capturable)
        check("learning rate", lr)
        check("epsilon value", eps)
        check_betas(betas)
        check("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": tuple(betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        return AMSGRAD_MEMORY if group["amsgrad"] else ADAM_MEMORY

    def _update(self, group: Group, o: Operands) -> None:
        lr, (beta1, beta2) = number(group["lr"]), group["betas"]
        adam(
            o.d, o.gradient(group), o.state["exp_avg"], o.state["exp_avg_sq"], o.state.get("max_exp_avg_sq"), o.t, o.k,
            lr=lr, beta1=number(beta1), beta2=number(beta2), eps=group["eps"],
        )  # fmt: skip
        o.decay(group, lr)

    def _fused(self, group: Group, o: Operands) -> Fused | None:
        lr, beta1, beta2 = number(group["lr"]), number(group["betas"][0]), number(group["betas"][1])
        small, rate = corrected(o.t, lr=lr, beta1=beta1, beta2=beta2, eps=group["eps"])
        if group["amsgrad"] or isinstance(small, np.generic):  # whose dtype would count
            return None
        decay, decoupled = number(group["weight_decay"]), bool(group["decoupled_weight_decay"])
        kernel = adam_kernel(bool(group["maximize"]), bool(decay != 0), decoupled)
        numbers = 1 - float(beta1), float(beta2), float(1 - beta2), float(small), rate
        return Fused(kernel, ("exp_avg", "exp_avg_sq"), (*numbers, float(lr * decay if decoupled else decay)))
