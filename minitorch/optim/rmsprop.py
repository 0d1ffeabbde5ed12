"""RMSprop: gradients measured by their running root mean square."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, number
from minitorch.optim.bucket import Constants, Memory, Number, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.means import mean, mean_square
from minitorch.optim.optimizer import Group, Params


def rmsprop(
    d: Array, g: Array, v: Array, m: Array | None, b: Array | None, k: Constants, *,
    lr: float, alpha: float, eps: float, momentum: float,
) -> None:  # fmt: skip
    """d = γg / (√v + ε), v the running mean of g² (centered: less m², that of g, squared); or γb for a velocity b."""
    mean_square(v, g, k[alpha], k[1 - alpha], room=d)
    if m is None:
        np.sqrt(v, out=d)
    else:
        mean(m, g, k[1 - alpha], room=d)
        np.multiply(m, m, out=d)
        np.subtract(v, d, out=d)
        np.sqrt(d, out=d)
    d += k[eps]
    np.divide(g, d, out=d)
    if b is None:
        d *= k[lr]
    else:
        b *= k[momentum]
        b += d
        np.multiply(b, k[lr], out=d)


class RMSprop(FlatOptimizer):
    """RMSprop of Hinton's lecture 6e (2012), with ε added after the root, as in PyTorch.

    ``alpha`` is the decay rate of the mean of squared gradients. ``centered`` measures by the standard deviation
    instead (Graves 2013). With ``momentum`` the measured gradients drive a velocity. ``weight_decay`` adds λx to the
    gradient; ``maximize`` climbs instead. ``foreach`` chooses between implementations in PyTorch; here it changes
    nothing.

    Raises ``ValueError`` for a negative ``lr``, ``alpha``, ``eps``, ``momentum`` or ``weight_decay``.

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.RMSprop([w], lr=0.01)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check("learning rate", lr)
        check("epsilon value", eps)
        check("momentum value", momentum)
        check("weight_decay value", weight_decay)
        check("alpha value", alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        memory = {"step": Number(), "square_avg": 0.0}
        if group["momentum"] > 0:
            memory["momentum_buffer"] = 0.0
        if group["centered"]:
            memory["grad_avg"] = 0.0
        return memory

    def _update(self, group: Group, o: Operands) -> None:
        rmsprop(
            o.d, o.gradient(group), o.state["square_avg"], o.state.get("grad_avg"), o.state.get("momentum_buffer"), o.k,
            lr=number(group["lr"]), alpha=group["alpha"], eps=group["eps"], momentum=group["momentum"],
        )  # fmt: skip
