"""Pooling in one to three dimensions: the largest or the sum of every window.

Windows are taken dimension by dimension: k + k' steps for a kernel of k by k', where window by window takes k times k'.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, same
from minitorch.ops.convolution import How, Sizes
from minitorch.ops.examples import as_examples

# --- The table --------------------------------------------------------------------------------------------------------
# ``out`` are the spatial sizes of the result; ``how`` is (stride, padding, dilation, 1). What a window meets outside
# its input is -inf for a maximum and nothing for a sum. Indices are places in the flat spatial dims of the input.

window_max = primitive(
    "MaxPool2DWithIndices",
    lambda x, *, kernel, how, out: as_examples(_window_max, x, kernel=kernel, how=how, out=out),
    prepare=same,
    outputs=("values", "indices"),
    x=lambda g_values, x_shape, indices, kernel, how: spatial_put(
        g_values, indices, spatial=x_shape[2:], distinct=_apart(kernel, how)
    ),
)
spatial_take = primitive(  # elements by their indices, and the adjoint, which adds them there
    "SpatialTake",
    lambda x, i: np.take_along_axis(_flat(x), _flat(i), 2).reshape(i.shape),
    prepare=same,
    x=lambda g, x_shape, i: spatial_put(g, i, spatial=x_shape[2:]),
    i=None,
)
spatial_put: Operation = primitive(  # ``distinct``: no index comes twice in a channel
    "SpatialPut",
    lambda v, i, *, spatial, distinct=False: as_examples(_spatial_put, v, i, spatial=spatial, distinct=distinct),
    prepare=same,
    v=lambda g, i: spatial_take(g, i),
    i=None,
)
window_mean = primitive(  # sums divided by a number, or by one for each place
    "AvgPool2D",
    lambda x, *, kernel, how, out, divisor: as_examples(_window_sum, x, kernel=kernel, how=how, out=out) / divisor,
    prepare=same,
    x=lambda g, x_shape, kernel, how, divisor: window_spread(g / divisor, spatial=x_shape[2:], kernel=kernel, how=how),
)
window_sum = primitive(
    "WindowSum",
    lambda x, *, kernel, how, out: as_examples(_window_sum, x, kernel=kernel, how=how, out=out),
    prepare=same,
    x=lambda g, x_shape, kernel, how: window_spread(g, spatial=x_shape[2:], kernel=kernel, how=how),
)
window_spread: Operation = primitive(
    "WindowSpread",
    lambda v, *, spatial, kernel, how: as_examples(_window_spread, v, spatial=spatial, kernel=kernel, how=how),
    prepare=same,
    v=lambda g, v_shape, kernel, how: window_sum(g, kernel=kernel, how=how, out=v_shape[2:]),
)


def _flat(x: Any) -> Any:
    """(N, C, spatial...) to (N, C, places)."""
    return x.reshape(*x.shape[:2], math.prod(x.shape[2:]))


def _apart(kernel: Sizes, how: How) -> bool:
    """Whether no two windows share an element."""
    return all(s > d * (k - 1) for k, s, d in zip(kernel, how[0], how[2]))


# --- The kernels ------------------------------------------------------------------------------------------------------


def _padded_sizes(spatial: Sizes, kernel: Sizes, how: How, out: Sizes) -> list[int]:
    """The spatial sizes with padding, and with what the last windows reach beyond it."""
    stride, padding, dilation, _ = how
    reach = [d * (k - 1) + s * (n - 1) + 1 for n, k, s, d in zip(out, kernel, stride, dilation)]
    return [max(r, m + p) for r, m, p in zip(reach, spatial, padding)]


def _inside(spatial: Sizes, padding: Sizes) -> tuple[slice, ...]:
    return (slice(None), slice(None), *(slice(p, p + m) for m, p in zip(spatial, padding)))


def _padded(x: Any, fill: float, kernel: Sizes, how: How, out: Sizes) -> Any:
    sizes = _padded_sizes(x.shape[2:], kernel, how, out)
    if tuple(sizes) == x.shape[2:] and not any(how[1]):
        return x
    padded = np.full((*x.shape[:2], *sizes), fill, x.dtype)
    padded[_inside(x.shape[2:], how[1])] = x
    return padded


@lru_cache(maxsize=256)
def _lines(axis: int, kernel: Sizes, how: How, out: Sizes) -> list[tuple[slice, ...]]:
    """For each place in the kernel along one axis, the slices that all windows meet there."""
    d = axis - 2
    step, dilation = how[0][d], how[2][d]
    reach = step * (out[d] - 1) + 1
    return [(slice(None),) * axis + (slice(k, k + reach, step),) for k in range(0, kernel[d] * dilation, dilation)]


def _window_max(x: Any, kernel: Sizes, how: How, out: Sizes) -> tuple[Any, Any]:
    lowest = -math.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    padded, spatial = _padded(x, lowest, kernel, how, out), x.shape[2:]
    best, offset = _largest(padded, spatial, kernel, how, out)
    if x.dtype.kind == "f" and np.isnan(best).any():
        best, offset = _largest(padded, spatial, kernel, how, out, nan=True)
    indices = np.empty(best.shape, np.int64)
    return best, np.add(offset, _starts(spatial, how, out), out=indices)


def _largest(x: Any, spatial: Sizes, kernel: Sizes, how: How, out: Sizes, nan: bool = False) -> tuple[Any, Any]:
    """The largest of each window, and how far it is from the window's start in the flat spatial dims.

    Of equals it is the first, and with ``nan`` the last nan where there is one, as in PyTorch. Each line is copied
    before it is compared, since NumPy is slow on short strided runs; products of small integers replace np.where.
    """
    small = _offset_type(spatial, kernel, how)
    offset: Any = small.type(0)
    for axis in range(2, x.ndim):
        for k, line in enumerate(_lines(axis, kernel, how, out)):
            value = x[line].copy()
            there = (offset[line] if np.shape(offset) == x.shape else offset) + _along(
                axis - 2, k, spatial, how, out, small
            )
            if k == 0:
                best, found = value, there
                continue
            better = value > best
            if axis > 2:
                better |= (value == best) & (there < found)
            if nan:
                better |= (value != value) & ~((best != best) & (there < found))
            np.maximum(best, value, out=best)
            move = better.astype(small)
            move *= there - found
            move += found
            found = move
        x, offset = best, found
    return x, offset


@lru_cache(maxsize=256)
def _offset_type(spatial: Sizes, kernel: Sizes, how: How) -> np.dtype[Any]:
    """The smallest integer type for an offset within a window: int8 for small images."""
    steps = [math.prod(spatial[d + 1 :]) for d in range(len(spatial))]
    return np.min_scalar_type(-1 - sum((k - 1) * dd * step for k, dd, step in zip(kernel, how[2], steps)))


@lru_cache(maxsize=256)
def _along(d: int, k: int, spatial: Sizes, how: How, out: Sizes, small: np.dtype[Any]) -> Any:
    """How far a window's element k of dimension d is from its start; padding counts as the first that is not."""
    stride, padding, dilation, _ = how
    step = dilation[d] * math.prod(spatial[d + 1 :])
    if not padding[d]:
        return small.type(k * step)
    outside = (padding[d] - np.arange(out[d]) * stride[d]).clip(0)
    first = np.maximum(-(-outside // dilation[d]), k) * step
    return first.astype(small).reshape(-1, *(1,) * (len(out) - d - 1))


@lru_cache(maxsize=256)
def _starts(spatial: Sizes, how: How, out: Sizes) -> Any:
    """The place of each window's start in the flat spatial dims (before the first place, where it is padding)."""
    starts: Any = 0
    for d, (n, s, p) in enumerate(zip(out, how[0], how[1])):
        starts = np.expand_dims(starts, -1) + (np.arange(n) * s - p) * math.prod(spatial[d + 1 :])
    return starts


def _spatial_put(v: Any, i: Any, spatial: Sizes, distinct: bool) -> Any:
    n, c = v.shape[:2]
    size = math.prod(spatial)
    flat = (i.reshape(n * c, math.prod(i.shape[2:])) + np.arange(0, n * c * size, size)[:, None]).reshape(-1)
    if v.dtype.kind == "f" and v.dtype.itemsize >= 4 and not distinct:
        # bincount adds in float64, several times faster than add.at
        summed = np.bincount(flat, v.reshape(-1), n * c * size)
        return summed.astype(v.dtype).reshape(n, c, *spatial)
    out = np.zeros(n * c * size, v.dtype)
    if distinct:
        out[flat] = v.reshape(-1)
    else:
        np.add.at(out, flat, v.reshape(-1))
    return out.reshape(n, c, *spatial)


def _window_sum(x: Any, kernel: Sizes, how: How, out: Sizes) -> Any:
    x = _padded(x, 0, kernel, how, out)
    for axis in range(x.ndim - 1, 1, -1):
        first, *rest = _lines(axis, kernel, how, out)
        if rest:
            total = x[first] + x[rest[0]]
            for line in rest[1:]:
                total += x[line]
            x = total
        else:
            x = x[first]
    return np.ascontiguousarray(x)


def _window_spread(v: Any, spatial: Sizes, kernel: Sizes, how: How) -> Any:
    sizes = _padded_sizes(spatial, kernel, how, v.shape[2:])
    out = v.shape[2:]
    apart = _apart(kernel, how)
    for axis in range(2, v.ndim):
        wide = np.zeros((*v.shape[:axis], sizes[axis - 2], *v.shape[axis + 1 :]), v.dtype)
        for line in _lines(axis, kernel, how, out):
            if apart:
                wide[line] = v
            else:
                wide[line] += v
        v = wide
    return np.ascontiguousarray(v[_inside(spatial, how[1])])
