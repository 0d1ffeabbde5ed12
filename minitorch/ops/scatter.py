"""Scattering: a tensor with some of its elements replaced by, or combined with, those of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import raw
from minitorch.core.batched_fallback import room
from minitorch.core.primitive import Operation, primitive, same
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index, in_dtype_of
from minitorch.ops.arithmetic import cast, mul, where
from minitorch.ops.indexing import along, check_bounds, index_array, key, put_into, take_along, take_fancy
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

_copied, _filled = renamed(put_into, "IndexCopy"), renamed(put_into, "IndexFill")
_masked_from, _put_added = renamed(put_into, "MaskedScatter"), renamed(add_at, "IndexPut")
_reduced_sum = renamed(add_along, "ScatterReduce")
_masked_fill = renamed(where, "MaskedFill")


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


def _rows(input: Tensor, dim: int, index: Tensor, function: str) -> tuple[int, Any, Any]:
    """The axis, the index as a vector and NumPy's index of the rows that it names."""
    axis = dim_index(dim, input.array.ndim)
    i = index_array(index, function)
    if i.ndim > 1:
        raise IndexError(f"{function}(): Index should have dimension 1 or 0 (got {i.ndim})")
    i = i.reshape(-1)
    n = input.array.shape[axis] if input.array.ndim else 1
    lowest = -n if function == "index_fill" else 0  # the others do not count from the end
    if i.size and (raw(i).min() < lowest or raw(i).max() >= n):
        raise (RuntimeError if function == "index_add" and input.array.ndim > 1 else IndexError)(
            f"{function}(): index out of range in self: index is out of bounds for dimension {axis} with size {n}"
        )
    return axis, i, (slice(None),) * axis + (i,)


def _same_rows(input: Tensor, axis: int, i: Any, source: Tensor, function: str) -> None:
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"{function}(): self ({dtypes.of(input.array.dtype).alias}) and source "
            f"({dtypes.of(source.array.dtype).alias}) "
            "must have the same scalar type"
        )
    if input.array.ndim != source.array.ndim and source.array.ndim and input.array.ndim:
        raise RuntimeError(f"{function}(): Source should have the same number of dimensions as self")
    if source.array.ndim and source.array.shape[axis] != i.size:
        raise (RuntimeError if function == "index_add" else IndexError)(
            f"{function}(): Number of indices ({i.size}) should be equal to source.size(dim) "
            f"({source.array.shape[axis]})"
        )


def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """``input`` with ``alpha`` times the rows of ``source`` added to the rows (along ``dim``) that ``index`` names."""
    axis, i, k = _rows(input, dim, index, "index_add")
    _same_rows(input, axis, i, source, "index_add")
    scaled = source if not isinstance(alpha, Tensor) and alpha == 1 else mul(source, alpha)
    if input.array.ndim == 0:
        return add_at(input.reshape(1), scaled.reshape(-1), index=(i,)).reshape(())
    return add_at(input, scaled, index=k)


def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """``input`` with the rows (along ``dim``) that ``index`` names replaced by those of ``source``."""
    axis, i, k = _rows(input, dim, index, "index_copy")
    _same_rows(input, axis, i, source, "index_copy")
    if input.array.ndim == 0:
        return _copied(input.reshape(1), source.reshape(-1), index=(i,)).reshape(())
    return _copied(input, source, index=k)


def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """``input`` with one value in the rows (along ``dim``) that ``index`` names."""
    _, i, k = _rows(input, dim, index, "index_fill")
    if isinstance(value, Tensor) and value.array.ndim:
        raise RuntimeError(f"Only supports 0-dimension value tensor but got tensor with {value.array.ndim} dimensions.")
    if isinstance(value, Tensor) and value.array.dtype != input.array.dtype:
        value = cast(value, dtype=input.array.dtype)
    if input.array.ndim == 0:
        return _filled(input.reshape(1), value, index=(i,)).reshape(())
    return _filled(input, value, index=k)


def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """``input`` with ``input[indices] = values``; with ``accumulate``, added instead (``torch.index_put``)."""
    k, _ = key(tuple(indices))
    k = k if isinstance(k, tuple) else (k,)
    if values.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {dtypes.of(input.array.dtype).alias} for "
            f"the destination and {dtypes.of(values.array.dtype).alias} for the source."
        )
    try:
        return (_put_added if accumulate else put_into)(input, values, index=k)
    except ValueError as error:
        raise RuntimeError(
            f"shape mismatch: values of shape {list(values.array.shape)} cannot be indexed in: {error}"
        ) from None


def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """``index_add`` that combines by "prod", "mean", "amax" or "amin" (``torch.index_reduce``)."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    axis, i, _ = _rows(input, dim, index, "index_reduce")
    _same_rows(input, axis, i, source, "index_reduce")
    if input.array.ndim == 0:
        return _reduced(input.reshape(1), source.reshape(-1), i, 0, reduce, include_self).reshape(())
    if not i.size:
        return input.clone()
    spread = np.broadcast_to(i.reshape((-1,) + (1,) * (input.array.ndim - axis - 1)), source.array.shape)
    return _reduced(input, source, spread, axis, reduce, include_self)


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """``input`` with elements of the flat tensor replaced (or added to) by ``source`` (``torch.put``)."""
    i = index_array(index, "put")
    if source.array.dtype != input.array.dtype:
        raise RuntimeError("put_(): self and source expected to have the same dtype")
    if i.size != source.array.size:
        raise IndexError(
            f"put_(): Expected source and index to have the same number of elements, but got {source.array.size} "
            f"and {i.size}"
        )
    if i.size and (raw(i).min() < -input.array.size or raw(i).max() >= input.array.size):
        raise IndexError("put_(): index out of range")
    flat = (add_at if accumulate else put_into)(input.reshape(-1), source.reshape(-1), index=(i.reshape(-1),))
    return flat.reshape(input.array.shape)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``value`` where ``mask`` is true (``torch.masked_fill``); the dtype is the input's.

    >>> import minitorch
    >>> x = minitorch.ones(3)
    >>> x.masked_fill(minitorch.tensor([True, False, True]), 0)
    tensor([0., 1., 0.])
    """
    if mask.array.dtype != np.bool_:
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype}")
    to = input.array.dtype
    if isinstance(value, Tensor):
        if value.array.ndim:
            raise RuntimeError(
                "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.array.ndim} dimension(s)."
            )
        if value.array.dtype.kind == "c" and to.kind != "c":
            raise RuntimeError(
                f"value cannot be converted to type {dtypes.of(to).alias} without overflow: {value} is complex"
            )
        v = value if value.array.dtype == to else cast(value, dtype=to)
    else:
        if isinstance(value, complex) and to.kind != "c":
            raise RuntimeError("value cannot be converted without overflow: a complex value for a real tensor")
        if to.kind in "iu" and not np.iinfo(to).min <= value <= np.iinfo(to).max:
            raise RuntimeError(f"value cannot be converted to type {dtypes.of(to).name} without overflow: {value}")
        v = wrap(np.asarray(value).astype(to))
    return _masked_fill(mask, v, input)


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """The elements of ``source``, in order, in the places where ``mask`` is true (``torch.masked_scatter``)."""
    if mask.array.dtype != np.bool_:
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {mask.dtype}")
    if source.array.dtype != input.array.dtype:
        raise RuntimeError("masked_scatter: expected self and source to have same dtypes")
    shape = np.broadcast_shapes(input.array.shape, mask.array.shape)
    x = input if input.array.shape == shape else input.expand(shape)
    m = np.array(np.broadcast_to(mask.array, shape))
    n = int(m.sum())
    if n > source.array.size:
        raise RuntimeError(
            "masked_scatter_: expected the number of elements of source to be greater than number of ones in mask"
        )
    return _masked_from(x, source.reshape(-1)[:n], index=m)


def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """``input`` with one slice along ``dim`` replaced (``torch.select_scatter``)."""
    axis = dim_index(dim, input.array.ndim)
    n = input.array.shape[axis]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.array.shape)} at dimension {axis}"
        )
    return _embedded(input, src, (slice(None),) * axis + (index,))


def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """``input`` with a slice along ``dim`` replaced (``torch.slice_scatter``)."""
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    return _embedded(input, src, (slice(None),) * dim_index(dim, input.array.ndim) + (slice(start, end, step),))


def _embedded(input: Tensor, src: Tensor, k: Any) -> Tensor:
    region = input.array[k].shape
    if src.array.shape != region:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.array.shape)}, slice "
            f"size = {list(region)}"
        )
    return put_into(input, src if src.array.dtype == input.array.dtype else cast(src, dtype=input.array.dtype), index=k)


def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """``input`` with a diagonal replaced (``torch.diagonal_scatter``)."""
    region = input.diagonal(offset, dim1, dim2).array.shape
    if src.array.shape != region:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.array.shape)}, slice "
            f"size = {list(region)}"
        )
    a, b = dim_index(dim1, input.array.ndim), dim_index(dim2, input.array.ndim)
    rows = np.arange(region[-1]) + max(-offset, 0)
    columns = np.arange(region[-1]) + max(offset, 0)
    out = input.movedim((a, b), (-2, -1))
    source = src if src.array.dtype == input.array.dtype else cast(src, dtype=input.array.dtype)
    return put_into(out, source, index=(..., rows, columns)).movedim((-2, -1), (a, b))
