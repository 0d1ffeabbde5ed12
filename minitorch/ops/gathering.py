"""Gathering: the elements that tensors of indices, or a mask, name."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index
from minitorch.ops.indexing import take_along, take_fancy
from minitorch.ops.renamed import renamed

_rows, _masked, _flat = (
    renamed(take_fancy, "IndexSelect"),
    renamed(take_fancy, "MaskedSelect"),
    renamed(take_fancy, "Take"),
)

register(np.take_along_axis, lambda arr, indices, axis=-1: take_along_dim(arr, indices, axis))


def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """``out[i][j] = input[index[i][j]][j]`` for dim 0, and so for others (``torch.gather``)."""
    axis = dim_index(dim, input.array.ndim)
    i = index_array(index, "gather")
    if not i.size:
        return input.reshape(-1)[:0].reshape(i.shape).clone()
    if i.ndim != input.array.ndim:
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    limit = input.array.shape
    if any(d != axis and n > m for d, (n, m) in enumerate(zip(i.shape, limit))):
        raise RuntimeError(
            f"Size does not match at dimension: expected index {list(i.shape)} to be no larger than self "
            f"{list(limit)} apart from dimension {axis}"
        )
    check_bounds(i, limit[axis] if limit else 1, axis)
    if i.ndim == 0:
        return take_fancy(input, index=np.array(True)).reshape(())
    return take_along(input, i, axis=axis)


def index_array(index: Any, function: str) -> Any:
    """The array of an index tensor, which must hold whole numbers."""
    if isinstance(index, np.ndarray):  # inside a rule
        return index
    if not isinstance(index, Tensor):
        raise TypeError(f"{function}(): argument 'index' must be Tensor, not {type(index).__name__}")
    if index.array.size and index.array.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{function}(): Expected dtype int32 or int64 for index, but got {index.dtype}")
    return index.array if index.array.size else index.array.astype(np.int64)


def check_bounds(i: Any, n: int, axis: int) -> None:
    """Raises for an index that is negative or too large, as PyTorch's indexing functions do."""
    i = raw(i)
    if i.size and (i.min() < 0 or i.max() >= n):
        bad = i[(i < 0) | (i >= n)].flat[0]
        raise RuntimeError(f"index {bad} is out of bounds for dimension {axis} with size {n}")


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The rows (along ``dim``) that ``index`` lists (``torch.index_select``)."""
    axis = dim_index(dim, input.array.ndim)
    if isinstance(index, Tensor) and index.array.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    i = index_array(index, "index_select")
    if input.array.ndim == 0:
        if i.size != 1:
            raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {i.size} value(s)")
        return take_fancy(input, index=np.array(True)).reshape(())
    n = input.array.shape[axis]
    if i.size and (raw(i).min() < 0 or raw(i).max() >= n):
        raise IndexError("index out of range in self")
    return _rows(input, index=(slice(None),) * axis + (i.reshape(-1),))


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where ``mask`` is true, in one dimension (``torch.masked_select``)."""
    if mask.array.dtype != np.bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    m = mask.array
    shape = np.broadcast_shapes(input.array.shape, m.shape)
    if shape != input.array.shape:
        input = input.expand(shape)
    if not shape:
        input, m, shape = input.reshape(1), m.reshape(1), (1,)
    return _masked(input, index=np.ascontiguousarray(np.broadcast_to(m, shape)))


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """Elements by index along ``dim``, with broadcasting; over the flat tensor without (``torch.take_along_dim``)."""
    i = index_array(indices, "torch.take_along_dim")
    if dim is None:
        return take_along(input.reshape(-1), i.reshape(-1), axis=0)
    axis = dim_index(dim, input.array.ndim)
    if input.array.ndim == 0:
        raise IndexError(f"Dimension specified as {axis} but tensor has no dimensions")
    shape = np.broadcast_shapes(
        tuple(1 if d == axis else n for d, n in enumerate(input.array.shape)),
        tuple(1 if d == axis else n for d, n in enumerate(i.shape)),
    )
    whole = tuple(input.array.shape[d] if d == axis else n for d, n in enumerate(shape))
    spread = tuple(i.shape[d] if d == axis else n for d, n in enumerate(shape))
    x = np.broadcast_to(input, whole) if whole != input.array.shape else input
    return take_along(x, np.broadcast_to(i, spread), axis=axis)


def flat_take(input: Tensor, index: Tensor) -> Tensor:
    """Elements of the flat tensor by index, in the index's shape (``torch.take``)."""
    i = index_array(index, "take")
    if i.size and (raw(i).min() < -input.array.size or raw(i).max() >= input.array.size):
        raise IndexError("take(): index out of range")
    return _flat(input.reshape(-1), index=i)


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """Indices of the elements that are not zero: a row each, or a tuple of indices a dim (``torch.nonzero``)."""
    if as_tuple:
        return tuple(wrap(i) for i in np.nonzero(np.atleast_1d(input.array)))
    return wrap(np.argwhere(input.array).astype(np.int64))
