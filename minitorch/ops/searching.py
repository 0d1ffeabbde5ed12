"""Searching: places in a sorted sequence, membership, and the unique elements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core.batched_fallback import sampled
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index, refuse


@sampled
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where each value would go into an ordered sequence, row by row (``torch.searchsorted``)."""
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    s = sorted_sequence.array
    v = input.array if isinstance(input, Tensor) else np.asarray(input)
    if sorter is not None:
        s = np.take_along_axis(s, sorter.array, -1)
    where: Any = "right" if right or side == "right" else "left"
    if s.ndim > 1 and (v.ndim == 0 or v.shape[:-1] != s.shape[:-1]):
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
            "boundaries tensor "
            f"and input value tensor must match, but we got boundaries tensor {list(s.shape)} and input value "
            f"tensor {list(v.shape)}"
        )
    to = np.int32 if out_int32 else np.int64
    if s.ndim <= 1:
        return wrap(np.asarray(np.searchsorted(s, v, where)).astype(to))
    out = np.empty(v.shape, to)
    for row in np.ndindex(s.shape[:-1]):
        out[row] = np.searchsorted(s[row], v[row], where)
    return wrap(out)


def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Which interval between boundaries each value falls into (``torch.bucketize``)."""
    if boundaries.array.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.array.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


@sampled
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Which elements are among the others (``torch.isin``)."""
    x, among = (t.array if isinstance(t, Tensor) else t for t in (elements, test_elements))
    return wrap(np.asarray(np.isin(x, among, assume_unique=assume_unique, invert=invert)))


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements, or slices along ``dim``, in order; with their places and counts if asked
    (``torch.unique``).
    """
    x = input.array
    refuse(x, "c", "unique")
    axis = None if dim is None else dim_index(dim, x.ndim)
    values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, axis=axis)
    inverse = inverse.reshape(x.shape if axis is None else -1)
    return _found(values, inverse, counts, return_inverse, return_counts)


def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The first of every run of equal elements, or slices along ``dim`` (``torch.unique_consecutive``)."""
    x = input.array
    axis = None if dim is None else dim_index(dim, x.ndim)
    rows = x.reshape(-1, 1) if axis is None else np.moveaxis(x, axis, 0).reshape(x.shape[axis], _rest(x.shape, axis))
    starts = np.ones(len(rows), np.bool_)
    starts[1:] = np.any(rows[1:] != rows[:-1], axis=1)
    places = np.flatnonzero(starts)
    values = x.reshape(-1)[places] if axis is None else x.take(places, axis)
    inverse = np.cumsum(starts) - 1
    counts = np.diff(np.append(places, len(rows)))
    return _found(values, inverse.reshape(x.shape) if axis is None else inverse, counts, return_inverse, return_counts)


def _rest(shape: tuple[int, ...], axis: int) -> int:
    """How many elements a slice has along an axis."""
    return math.prod(shape[:axis] + shape[axis + 1 :])


def _found(values: Any, inverse: Any, counts: Any, return_inverse: bool, return_counts: bool) -> Any:
    found = [wrap(values)]
    if return_inverse:
        found.append(wrap(inverse.astype(np.int64)))
    if return_counts:
        found.append(wrap(counts.astype(np.int64)))
    return found[0] if len(found) == 1 else tuple(found)
