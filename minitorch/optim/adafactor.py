"""Adafactor: Adam's measure of gradients for a matrix, kept as one number a row and one a column."""

from typing import Any

import numpy as np

from minitorch.core.dtypes import Array, get_default_dtype
from minitorch.core.tensor import Tensor, wrap
from minitorch.optim.arguments import number
from minitorch.optim.optimizer import Group, Params
from minitorch.optim.tensorwise import TensorwiseOptimizer


def factored(g: Array, rows: Array, columns: Array, weight: float, eps: float) -> Array:
    """The estimate of E[g²] of rank one, from running means of g² over rows and over columns, brought up to date."""
    squares = g * g
    rows += weight * (squares.mean(axis=-1, keepdims=True) - rows)
    columns += weight * (squares.mean(axis=-2, keepdims=True) - columns)
    estimate: Array = rows @ columns / np.maximum(rows.mean(axis=-2, keepdims=True), eps)
    return estimate


def adafactor(
    x: Array, g: Array, v: Array, t: float, *, lr: float, eps1: float, eps2: float, d: float, decay: float
) -> None:
    """x ← x − α u / max(1, RMS(u) / d) with u = g / √v and α = max(ε₂, RMS(x)) · min(lr, 1/√t)."""
    alpha = max(eps2, rms(x)) * min(lr, 1 / t**0.5)
    if decay != 0:
        x *= 1 - lr * decay
    u = g / np.sqrt(np.maximum(v, eps1 * eps1))
    x -= alpha / max(1.0, rms(u) / d) * u


def rms(x: Array) -> float:
    """The root mean square of all elements."""
    return float(np.linalg.norm(x)) / x.size**0.5 if x.size else 0.0


class Adafactor(TensorwiseOptimizer):
    """Adafactor of Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost" (2018).

    The state of a matrix (or of the matrices in the last two dimensions) is a running mean of squared gradients for
    each row and one for each column; of a vector it is as large as the vector. The decay rate of the means is
    1 − t^``beta2_decay``; ``eps`` bounds them from below (None: the dtype's precision) and the parameters' root mean
    square, in which steps are measured; updates whose root mean square is above ``d`` are scaled down to it; the
    relative step size is min(``lr``, 1/√t). ``weight_decay`` shrinks x by the factor 1 − ``lr`` · λ; ``maximize``
    climbs instead. ``foreach`` chooses between implementations in PyTorch; here it changes nothing.

    Raises ``ValueError`` for options out of range, ``RuntimeError`` for complex parameters.

    >>> import minitorch as torch
    >>> w = torch.ones(3, 4, requires_grad=True)
    >>> opt = torch.optim.Adafactor([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> opt.state[w]["row_var"].shape, opt.state[w]["col_var"].shape
    (torch.Size([3, 1]), torch.Size([1, 4]))
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.array.size != 1:
            raise ValueError(f"Tensor lr must be 1-element, but its shape is {list(lr.array.shape)}")
        for met, complaint in (
            (number(lr) >= 0, f"Learning rate should be >= 0 but is: {lr}"),
            (beta2_decay <= 0, f"beta2_decay should be <= 0 but is: {beta2_decay}"),
            (eps[0] is None or eps[0] >= 0, f"epsilon1 should be >= 0 but is: {eps[0]}"),
            (eps[1] >= 0, f"epsilon2 should be >= 0 but is: {eps[1]}"),
            (d >= 1, f"Clipping threshold d should be >= 1 but is: {d}"),
            (weight_decay >= 0, f"weight_decay should be >= 0 but is: {weight_decay}"),
        ):
            if not met:
                raise ValueError(complaint)
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _update(self, group: Group, x: Array, g: Array, entry: dict[str, Any]) -> None:
        matrix = g.ndim > 1
        if not entry:
            entry["step"] = wrap(np.zeros((), get_default_dtype().numpy))
            if matrix:
                entry["row_var"] = wrap(np.zeros((*g.shape[:-1], 1), g.dtype))
                entry["col_var"] = wrap(np.zeros((*g.shape[:-2], 1, g.shape[-1]), g.dtype))
            else:
                entry["variance"] = wrap(np.zeros_like(g))
        entry["step"].array[...] = t = entry["step"].array.item() + 1.0
        if x.size == 0:
            return
        weight, (eps1, eps2) = t ** group["beta2_decay"], group["eps"]
        if eps1 is None:
            eps1 = float(np.finfo(x.dtype).eps)
        if matrix:
            v = factored(g, entry["row_var"].array, entry["col_var"].array, weight, eps1)
        else:
            v = entry["variance"].array
            v += weight * (g * g - v)
        lr = float(number(group["lr"]))
        adafactor(x, g, v, t, lr=lr, eps1=eps1, eps2=eps2, d=group["d"], decay=group["weight_decay"])
