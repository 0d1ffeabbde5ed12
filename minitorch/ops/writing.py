"""Writing: a tensor with some of its elements replaced, at indices, in a mask or in a slice."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import raw
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index
from minitorch.ops.arithmetic import cast, mul, where
from minitorch.ops.gathering import index_array
from minitorch.ops.indexing import key, put_into
from minitorch.ops.renamed import renamed
from minitorch.ops.scatter import _reduced, add_at

_copied, _filled = renamed(put_into, "IndexCopy"), renamed(put_into, "IndexFill")
_masked_from, _put_added = renamed(put_into, "MaskedScatter"), renamed(add_at, "IndexPut")
_masked_fill = renamed(where, "MaskedFill")


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
