"""Adagrad: gradients measured by the root of the sum of all their squares."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, check_switches, number
from minitorch.optim.bucket import Constants, Memory, Number, Operands, blank
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.optimizer import Group, Params


def adagrad(d: Array, g: Array, s: Array, k: Constants, *, rate: float, eps: float) -> None:
    """d = ηg / (√s + ε), for the sum s of g² over all steps."""
    np.multiply(g, g, out=d)
    s += d
    np.sqrt(s, out=d)
    d += k[eps]
    np.divide(g, d, out=d)
    d *= k[rate]


class Adagrad(FlatOptimizer):
    """Adagrad of Duchi, Hazan and Singer, "Adaptive subgradient methods" (2011).

    The learning rate of step t is ``lr`` / (1 + (t − 1) · ``lr_decay``). The sums of squares start at
    ``initial_accumulator_value``. ``weight_decay`` adds λx to the gradient; ``maximize`` climbs instead.

    ``foreach`` and ``fused`` choose between implementations in PyTorch; here they are accepted and change nothing.

    Raises ``ValueError`` for a negative number among the options.

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check("learning rate", lr)
        check("lr_decay value", lr_decay)
        check("weight_decay value", weight_decay)
        check("initial_accumulator_value value", initial_accumulator_value)
        check("epsilon value", eps)
        check_switches(foreach=foreach, fused=fused)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p] = blank(p, self._memory(group))

    def _memory(self, group: Group) -> Memory:
        return {"step": Number(), "sum": self.defaults["initial_accumulator_value"]}

    def _update(self, group: Group, o: Operands) -> None:
        rate = number(group["lr"]) / (1 + (o.t - 1) * group["lr_decay"])
        adagrad(o.d, o.gradient(group), o.state["sum"], o.k, rate=rate, eps=group["eps"])
