"""SGD: gradient descent, with momentum if wanted."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, check_switches, number
from minitorch.optim.bucket import Constants, Memory, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.fused import Fused, sgd_kernel
from minitorch.optim.optimizer import Group, Params


def sgd(
    d: Array, g: Array, b: Array | None, k: Constants, *,
    lr: float, momentum: float, dampening: float, nesterov: bool, first: bool,
) -> None:  # fmt: skip
    """d = αg, or αb for the velocity b ← μb + (1 − τ)g, or with Nesterov's look ahead α(g + μb)."""
    if b is None:
        np.multiply(g, k[lr], out=d)
        return
    if first:
        b[...] = g
    else:
        b *= k[momentum]
        b += g if dampening == 0 else np.multiply(g, k[1 - dampening], out=d)
    if nesterov:
        np.multiply(b, k[momentum], out=d)
        d += g
        d *= k[lr]
    else:
        np.multiply(b, k[lr], out=d)


class SGD(FlatOptimizer):
    """Stochastic gradient descent, with momentum as in PyTorch.

    The velocity b starts as the first gradient, is then b ← ``momentum`` · b + (1 − ``dampening``) · g, and the step is
    −``lr`` · b: unlike in Sutskever et al. (2013), the learning rate multiplies the velocity as it is applied. With
    ``nesterov`` the step is −``lr`` · (g + ``momentum`` · b). ``weight_decay`` adds λx to the gradient; ``maximize``
    climbs instead of descending.

    ``fused=True`` takes each step in one pass, by a kernel of Numba's where that is installed; the numbers are the
    same. ``foreach`` is accepted and changes nothing.

    Raises ``ValueError`` for negative ``lr``, ``momentum`` or ``weight_decay``, and for ``nesterov`` without momentum
    or with dampening.

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.8000, -1.6000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check("learning rate", lr)
        check("momentum value", momentum)
        check("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError(
                "Nesterov momentum requires a momentum and zero dampening: "
                f"momentum={momentum} and dampening={dampening} were given"
            )
        check_switches(foreach=foreach, fused=fused)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        return {"momentum_buffer": 0.0} if group["momentum"] != 0 else {}

    def _update(self, group: Group, o: Operands) -> None:
        sgd(
            o.d, o.gradient(group), o.state.get("momentum_buffer"), o.k,
            lr=number(group["lr"]), momentum=group["momentum"], dampening=group["dampening"],
            nesterov=group["nesterov"], first=o.first,
        )  # fmt: skip

    def _fused(self, group: Group, o: Operands) -> Fused | None:
        momentum, decay = float(group["momentum"]), number(group["weight_decay"])
        remembers = momentum != 0
        if remembers and o.first:
            return None
        kernel = sgd_kernel(bool(group["maximize"]), bool(decay != 0), remembers, remembers and bool(group["nesterov"]))
        numbers = momentum, float(1 - group["dampening"]), float(number(group["lr"])), float(decay)
        return Fused(kernel, ("momentum_buffer",) if remembers else (), numbers)
