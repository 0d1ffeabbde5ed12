"""Rprop: step sizes of their own for all elements, which follow only the signs of gradients."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, number
from minitorch.optim.bucket import Constants, Memory, Number, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.optimizer import Group, Params


def rprop(
    d: Array, g: Array, before: Array, size: Array, k: Constants, *,
    shrink: float, grow: float, smallest: float, largest: float,
) -> None:  # fmt: skip
    """d = sign(g) · size: a size grows while the sign stays; when it turns it shrinks, and this step is left out."""
    agreement = np.sign(g * before)
    turned = agreement < 0
    size *= np.where(agreement > 0, k[grow], np.where(turned, k[shrink], k[1.0]))
    np.clip(size, k[smallest], k[largest], out=size)
    before[...] = np.where(turned, k[0.0], g)
    np.multiply(np.sign(before), size, out=d)


class Rprop(FlatOptimizer):
    """Rprop of Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning" (1993).

    Step sizes begin at ``lr``, are multiplied by one of ``etas`` (smaller than 1 when the gradient's sign has turned,
    larger while it stays), and are kept within ``step_sizes``. For full-batch gradients. ``maximize`` climbs instead.
    ``foreach`` chooses between implementations in PyTorch; here it changes nothing.

    Raises ``ValueError`` for a negative ``lr``, and unless 0 < ``etas[0]`` < 1 < ``etas[1]``.

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.Rprop([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check("learning rate", lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}, they must be on both sides of 1")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        return {"step": Number(), "prev": 0.0, "step_size": number(group["lr"])}

    def _update(self, group: Group, o: Operands) -> None:
        (shrink, grow), (smallest, largest) = group["etas"], group["step_sizes"]
        rprop(
            o.d, -o.g if group["maximize"] else o.g, o.state["prev"], o.state["step_size"], o.k,
            shrink=shrink, grow=grow, smallest=smallest, largest=largest,
        )  # fmt: skip
