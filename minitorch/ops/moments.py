"""Variances and standard deviations over dims."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import axes, count, restore
from minitorch.ops.reductions import _HALF, _over, mean


def _var(x: Any, *, axis: Any, keepdims: bool, correction: float) -> Any:
    wide = x if x.dtype is not _HALF else x.astype(np.float32)
    return np.var(wide, axis=axis, keepdims=keepdims, ddof=_ddof(x, correction)).astype(x.real.dtype)


def _per_freedom(x: Any, axis: Any, correction: float) -> float:
    """One over the degrees of freedom: inf if there are none."""
    freedom = count(x.shape, axis) - correction
    return 1 / freedom if freedom else math.inf


def _ddof(x: Any, correction: float) -> float:
    """NumPy's name for the correction: what is left of an empty tensor is nan, whichever it is."""
    return correction if x.size else 0


# --- The table --------------------------------------------------------------------------------------------------------

variance = primitive(
    "Var",
    _var,
    prepare=same,
    x=lambda g, x, axis, keepdims, correction: (
        restore(g, axis, keepdims)
        * (2 * _per_freedom(x, axis, correction))
        * (x - np.mean(x, axis=axis, keepdims=True))
    ),
)
deviation = primitive(  # the slope at 0 is 0
    "Std",
    lambda x, *, axis, keepdims, correction: np.std(x, axis=axis, keepdims=keepdims, ddof=_ddof(x, correction)),
    x=lambda g, x, out, axis, keepdims, correction: (
        restore(_over(g, out), axis, keepdims)
        * _per_freedom(x, axis, correction)
        * (x - np.mean(x, axis=axis, keepdims=True))
    ),
)

# --- NumPy's names, which the rules use under create_graph ------------------------------------------------------------

register(
    np.var,
    lambda a, axis=None, dtype=None, out=None, ddof=0, keepdims=False: var(a, axis, correction=ddof, keepdim=keepdims),
)
register(
    np.std,
    lambda a, axis=None, dtype=None, out=None, ddof=0, keepdims=False: std(a, axis, correction=ddof, keepdim=keepdims),
)

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def _correction(unbiased: bool | None, correction: float | None) -> float:
    if unbiased is not None:
        return int(unbiased)
    return 1 if correction is None else correction


def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The variance over ``dim``, with Bessel's correction unless told otherwise (``torch.var``)."""
    return _scatter_of(variance, input, dim, unbiased, keepdim, correction)


def _scatter_of(
    row: Any, input: Tensor, dim: Any, unbiased: bool | None, keepdim: bool, correction: float | None
) -> Tensor:
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if input.array.dtype.kind not in "fc":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    axis = axes(dim, input.array.ndim)
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Tensor = row(input, axis=axis, keepdims=keepdim, correction=_correction(unbiased, correction))
        return out


def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The standard deviation over ``dim`` (``torch.std``)."""
    return _scatter_of(deviation, input, dim, unbiased, keepdim, correction)


def var_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Variance and mean over ``dim`` (``torch.var_mean``)."""
    dims = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, dims, keepdim)


def std_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Standard deviation and mean over ``dim`` (``torch.std_mean``)."""
    dims = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, dims, keepdim)
