"""Pooling in one to three dimensions: the largest or the mean of every window."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.ops.convolution import How, windows

# --- The table ---------------------------------------------------------------------------------------------------------
# ``out`` are the spatial sizes of the result; ``how`` is (stride, padding, dilation, 1). What a window meets outside its
# input is -inf for a maximum and nothing for a sum.

window_max = primitive(
    "MaxPool",
    lambda x, *, kernel, how, out: _window_max(x, kernel, how, out),
    prepare=same,
    outputs=("values", "indices"),
    x=lambda g_values, x_shape, indices: spatial_put(g_values, indices, spatial=x_shape[2:]),
)
spatial_take = primitive(  # elements by their index into the flat spatial dims, and the adjoint, which adds them there
    "SpatialTake",
    lambda x, i: np.take_along_axis(x.reshape(*x.shape[:2], -1), i.reshape(*i.shape[:2], -1), 2).reshape(i.shape),
    prepare=same,
    x=lambda g, x_shape, i: spatial_put(g, i, spatial=x_shape[2:]),
    i=None,
)
spatial_put = primitive(
    "SpatialPut",
    lambda v, i, *, spatial: _spatial_put(v, i, spatial),
    prepare=same,
    v=lambda g, i: spatial_take(g, i),
    i=None,
)
window_sum = primitive(
    "AvgPool",
    lambda x, *, kernel, how, out: _window_sum(x, kernel, how, out),
    prepare=same,
    x=lambda g, x_shape, kernel, how: window_spread(g, spatial=x_shape[2:], kernel=kernel, how=how),
)
window_spread = primitive(
    "AvgPoolBackward",
    lambda v, *, spatial, kernel, how: _window_spread(v, spatial, kernel, how),
    prepare=same,
    v=lambda g, v_shape, kernel, how: window_sum(g, kernel=kernel, how=how, out=v_shape[2:]),
)


def _padded(x: Any, fill: float, kernel: tuple[int, ...], how: How, out: tuple[int, ...]) -> Any:
    """x with what the windows reach beyond it, at both ends."""
    stride, padding, dilation, _ = how
    reach = [d * (k - 1) + s * (n - 1) + 1 for n, k, s, d in zip(out, kernel, stride, dilation)]
    sizes = [max(r, m + p) for r, m, p in zip(reach, x.shape[2:], padding)]
    if not any(padding) and tuple(sizes) == x.shape[2:]:
        return x
    padded = np.full((*x.shape[:2], *sizes), fill, x.dtype)
    padded[(slice(None), slice(None), *(slice(p, p + m) for m, p in zip(x.shape[2:], padding)))] = x
    return padded


def _window_max(x: Any, kernel: tuple[int, ...], how: How, out: tuple[int, ...]) -> tuple[Any, Any]:
    stride, padding, dilation, _ = how
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    padded = _padded(x, lowest, kernel, how, out)
    spatial = x.shape[2:]
    weights = [math.prod(spatial[d + 1 :]) for d in range(len(spatial))]
    # Where the window's first element lies in the flat input, and how far each place in the kernel is from there.
    first = np.zeros(out, np.int64)
    for d, (n, s, p) in enumerate(zip(out, stride, padding)):
        first += ((np.arange(n) * s - p) * weights[d]).reshape([-1 if e == d else 1 for e in range(len(out))])
    best: Any = None
    offset: Any = None
    for place, window in windows(out, kernel, how):
        candidate = padded[(slice(None), slice(None), *window)]
        step = sum(k * dd * w for k, dd, w in zip(place, dilation, weights))
        if best is None:
            best = candidate.copy()
            offset = np.full(best.shape, step, np.int64)
        else:
            better = (candidate > best) | (candidate != candidate)
            np.copyto(best, candidate, where=better)
            np.copyto(offset, step, where=better)
    offset += first
    return best, offset


def _spatial_put(v: Any, i: Any, spatial: tuple[int, ...]) -> Any:
    n, c = v.shape[:2]
    size = math.prod(spatial)
    flat = (i.reshape(n * c, -1) + np.arange(n * c)[:, None] * size).reshape(-1)
    if v.dtype.kind == "f" and v.dtype.itemsize >= 4:  # bincount adds in float64, several times faster than add.at
        summed = np.bincount(flat, v.reshape(-1), n * c * size)
        return summed.astype(v.dtype).reshape(n, c, *spatial)
    out = np.zeros(n * c * size, v.dtype)
    np.add.at(out, flat, v.reshape(-1))
    return out.reshape(n, c, *spatial)


def _window_sum(x: Any, kernel: tuple[int, ...], how: How, out: tuple[int, ...]) -> Any:
    padded = _padded(x, 0, kernel, how, out)
    total: Any = None
    for _, window in windows(out, kernel, how):
        part = padded[(slice(None), slice(None), *window)]
        if total is None:
            total = part.copy()
        else:
            total += part
    return total


def _window_spread(v: Any, spatial: tuple[int, ...], kernel: tuple[int, ...], how: How) -> Any:
    stride, padding, dilation, _ = how
    out = v.shape[2:]
    reach = [d * (k - 1) + s * (n - 1) + 1 for n, k, s, d in zip(out, kernel, stride, dilation)]
    sizes = [max(r, m + p) for r, m, p in zip(reach, spatial, padding)]
    padded = np.zeros((*v.shape[:2], *sizes), v.dtype)
    for _, window in windows(out, kernel, how):
        padded[(slice(None), slice(None), *window)] += v
    inside = padded[(slice(None), slice(None), *(slice(p, p + m) for m, p in zip(spatial, padding)))]
    return np.ascontiguousarray(inside)
