"""Scattering: elements added to, put in the place of or combined with those that a tensor of indices names."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched_fallback import room
from minitorch.core.primitive import Operation, primitive, same
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index, in_dtype_of
from minitorch.ops.gathering import check_bounds, index_array
from minitorch.ops.indexing import along, take_along, take_fancy
from minitorch.ops.renamed import renamed

# --- The table --------------------------------------------------------------------------------------------------------
# ``i`` holds whole numbers and names, for each of its own places, the place along ``axis`` of x that it stands for.

add_at = primitive(  # x with v added at x[index], where an element may be named again and again
    "IndexAdd",
    lambda x, v, *, index: _at(np.add, x, index, v),
    prepare=same,
    x=lambda g: g,
    v=lambda g, index: take_fancy(g, index=index),
)
set_along: Operation = primitive(
    "Scatter",
    lambda x, src, i, *, axis: _set(x, along(i, axis), src),
    prepare=same,
    x=lambda g, i, axis: set_along(g, 0, i, axis=axis),
    src=lambda g, i, axis: take_along(g, i, axis=axis),
    i=None,
)
add_along = primitive(
    "ScatterAdd",
    lambda x, src, i, *, axis: _at(np.add, x, along(i, axis), src),
    prepare=same,
    x=lambda g: g,
    src=lambda g, i, axis: take_along(g, i, axis=axis),
    i=None,
)
extreme_along = primitive(  # ties share the gradient equally
    "ScatterReduce",
    lambda x, src, i, *, axis, smallest: _at(np.minimum if smallest else np.maximum, x, along(i, axis), src),
    prepare=same,
    x=lambda g, x, src, i, out, axis: g * (x == out) / _ties(x, src, i, out, axis),
    src=lambda g, x, src, i, out, axis: (
        take_along(g / _ties(x, src, i, out, axis), i, axis=axis) * (src == take_along(out, i, axis=axis))
    ),
    i=None,
)
product_along: Operation = primitive(
    "ScatterReduce",
    lambda x, src, i, *, axis: _at(np.multiply, x, along(i, axis), src),
    prepare=same,
    x=lambda g, x, src, i, axis: g * product_along(x * 0 + 1, src, i, axis=axis),
    src=lambda g, x, src, i, axis: take_along(g, i, axis=axis) * _other_factors(x, src, i, axis),
    i=None,
)
_reduced_sum = renamed(add_along, "ScatterReduce")


def _set(x: Any, index: Any, v: Any) -> Any:
    out = room(x, index, v)
    out[index] = v
    return out


def _at(function: Any, x: Any, index: Any, v: Any) -> Any:
    out = room(x, index, v)
    function.at(out, index, v)
    return out


def _ties(x: Any, src: Any, i: Any, out: Any, axis: int) -> Any:
    """How many elements attain each extreme, the old one counted."""
    attained = in_dtype_of(src == take_along(out, i, axis=axis), x)
    return add_along(in_dtype_of(x == out, x), attained, i, axis=axis)


def _other_factors(x: Any, src: Any, i: Any, axis: int) -> Any:
    """For every factor the product of all others that went to its place; zeros are counted instead of divided by."""
    zero = (src == 0) * 1
    rest = np.where(src == 0, 1.0, src)
    zeros = add_along(np.zeros(x.shape, np.int64), zero, i, axis=axis)
    product = take_along(product_along(x, rest, i, axis=axis), i, axis=axis) / rest
    return np.where(take_along(zeros, i, axis=axis) == zero, product, 0.0)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def _scattered(input: Tensor, dim: int, index: Tensor, src: Any, function: str) -> tuple[Any, Any, Any, int]:
    """Checked arguments of the scatter family: 0-d ones as vectors, the source cut to the index's shape."""
    axis = dim_index(dim, input.array.ndim)
    i = index_array(index, function)
    x, source = input, src
    if input.array.ndim == 0:
        x = input.reshape(1)
        i = i if i.ndim else i.reshape(1)
        source = src.reshape(1) if isinstance(src, Tensor) and src.array.ndim == 0 else src
    elif i.ndim == 0:
        i = i.reshape(1)
    if isinstance(source, Tensor) and source.array.ndim == 0:
        source = source.reshape(1)
    if not i.size:  # whatever its shape: nothing is scattered, of a source that stays part of the graph
        return x.reshape(-1), source.reshape(-1)[:0] if isinstance(source, Tensor) else source, i.reshape(-1), 0
    if i.ndim != x.array.ndim:
        raise RuntimeError("Index tensor must have the same number of dimensions as self tensor")
    check_bounds(i, x.array.shape[axis], axis)
    limits = [n if d != axis else i.shape[d] for d, n in enumerate(x.array.shape)]
    if any(n > m for n, m in zip(i.shape, limits, strict=True)):
        raise RuntimeError(
            f"Expected index {list(i.shape)} to be no larger than self {list(x.array.shape)} apart from dimension "
            f"{axis}"
        )
    if isinstance(source, Tensor):
        if source.array.dtype != x.array.dtype:
            raise RuntimeError(f"{function}(): Expected self.dtype to be equal to src.dtype: convert src to {x.dtype}")
        if source.array.ndim <= axis:
            dim_index(axis, source.array.ndim)
        if source.array.ndim != i.ndim:
            raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
        if any(n > m for n, m in zip(i.shape, source.array.shape, strict=True)):
            raise RuntimeError(f"Expected index {list(i.shape)} to be no larger than src {list(source.array.shape)}")
        if source.array.shape != i.shape:
            source = source[tuple(slice(n) for n in i.shape)]
    return x, source, i, axis


def _shaped(out: Tensor, input: Tensor) -> Tensor:
    return out if out.array.shape == input.array.shape else out.reshape(input.array.shape)


def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """``out[index[i][j]][j] = src[i][j]`` for dim 0, and so for others (``torch.scatter``); src may be a number.

    With ``reduce="add"`` or ``"multiply"`` elements are combined instead of replaced.

    >>> import minitorch
    >>> minitorch.zeros(3).scatter(0, minitorch.tensor([2, 0]), minitorch.tensor([5.0, 7.0]))
    tensor([7., 0., 5.])
    """
    given = value if src is None else src
    if given is None:
        raise TypeError("scatter() received an invalid combination of arguments: give src or value")
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError(f"reduce argument must be either add or multiply, got {reduce!r}")
    x, source, i, axis = _scattered(input, dim, index, given, "scatter")
    if not isinstance(source, Tensor):
        source = wrap(np.full(i.shape, source).astype(x.array.dtype))
    row = {None: set_along, "add": add_along, "multiply": product_along}[reduce]
    return _shaped(row(x, source, i, axis=axis), input)


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """``scatter`` that adds to what is there (``torch.scatter_add``)."""
    x, source, i, axis = _scattered(input, dim, index, src, "scatter_add")
    return _shaped(add_along(x, source, i, axis=axis), input)


def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """``scatter`` that combines by "sum", "prod", "mean", "amax" or "amin" (``torch.scatter_reduce``).

    Without ``include_self`` the old elements that something was scattered to do not count.
    """
    x, source, i, axis = _scattered(input, dim, index, src, "scatter_reduce")
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}.")
    return _shaped(_reduced(x, source, i, axis, reduce, include_self), input)


def _reduced(x: Tensor, source: Tensor, i: Any, axis: int, reduce: str, include_self: bool) -> Tensor:
    dtype = x.array.dtype
    if not include_self:
        start = {"sum": 0, "mean": 0, "prod": 1, "amax": _lowest(dtype), "amin": _highest(dtype)}[reduce]
        x = set_along(x, np.full(i.shape, start, dtype), i, axis=axis)
    if reduce in ("amax", "amin"):
        return extreme_along(x, source, i, axis=axis, smallest=reduce == "amin")
    if reduce == "prod":
        return product_along(x, source, i, axis=axis)
    out: Tensor = _reduced_sum(x, source, i, axis=axis)
    if reduce == "sum":
        return out
    count = room(np.full(x.array.shape, 1 if include_self else 0, np.int64), i)
    np.add.at(count, along(i, axis), 1)
    count = np.maximum(count, 1)
    if dtype.kind in "iu":
        return wrap((out.array // count).astype(dtype))
    return out / wrap(count.astype(dtype))


def _lowest(dtype: np.dtype[Any]) -> Any:
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min if dtype.kind in "iu" else False


def _highest(dtype: np.dtype[Any]) -> Any:
    return np.inf if dtype.kind == "f" else np.iinfo(dtype).max if dtype.kind in "iu" else True
