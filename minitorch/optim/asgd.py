"""ASGD: gradient descent that also keeps the average of the parameters."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, number
from minitorch.optim.bucket import Memory, Number, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.optimizer import Group, Params


def asgd(d: Array, e: Array, x: Array, g: Array, average: Array, *, lambd: float, eta: float, mu: float) -> None:
    """d = η (g + λx); the average moves towards the new x by the part μ of the way."""
    np.multiply(g, eta, out=d)
    d += np.multiply(x, lambd * eta, out=e)
    np.subtract(x, d, out=e)
    if mu == 1:
        average[...] = e
    else:
        e -= average
        e *= mu
        average += e


class ASGD(FlatOptimizer):
    """Averaged stochastic gradient descent: Polyak and Juditsky (1992), with the rates of Bottou's ``sgd``.

    The rate of step t is ``lr`` / (1 + ``lambd`` · ``lr`` · t)^``alpha``; ``lambd`` is also a weight decay. From step
    ``t0`` on ``state[p]["ax"]`` is the average of the parameters, before it is their last value. ``weight_decay`` adds
    λx to the gradient; ``maximize`` climbs instead. ``foreach`` chooses between implementations in PyTorch; here it
    changes nothing.

    Raises ``ValueError`` for a negative ``lr`` or ``weight_decay``.

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.ASGD([w], lr=0.1, lambd=0)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.8000, -1.6000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check("learning rate", lr)
        check("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        return {"step": Number(), "eta": Number(number(group["lr"])), "mu": Number(1.0), "ax": 0.0}

    def _update(self, group: Group, o: Operands) -> None:
        eta, mu = o.numbers["eta"].item(0), o.numbers["mu"].item(0)
        asgd(o.d, o.e, o.x, o.gradient(group), o.state["ax"], lambd=group["lambd"], eta=eta, mu=mu)

    def _advance(self, group: Group, t: float, numbers: dict[str, Array]) -> None:
        lr = number(group["lr"])
        numbers["eta"][...] = lr / ((1 + group["lambd"] * lr * t) ** group["alpha"])
        numbers["mu"][...] = 1 / max(1, t - group["t0"])
