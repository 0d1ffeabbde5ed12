"""Pooling in one to three dimensions: the largest or the sum of every window.

Windows are taken dimension by dimension: k + k' steps for a kernel of k by k', where window by window takes k times k'.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, same
from minitorch.ops.convolution_layouts import How, Sizes
from minitorch.ops.examples import as_examples
from minitorch.ops.largest import (
    are_apart,
    inside_of,
    largest_and_indices,
    lines_of,
    padded_sizes,
    put_offsets,
    window_offsets,
    with_padding,
)

# --- The table --------------------------------------------------------------------------------------------------------
# ``out`` are the spatial sizes of the result; ``how`` is (stride, padding, dilation, 1). What a window meets outside
# its input is -inf for a maximum and nothing for a sum. Indices are places in the flat spatial dims of the input.

window_max = primitive(
    "MaxPool2DWithIndices",
    lambda x, *, kernel, how, out: as_examples(largest_and_indices, x, kernel=kernel, how=how, out=out),
    prepare=same,
    outputs=("values", "indices"),
    x=lambda g_values, x_shape, indices, kernel, how: spatial_put(
        g_values, indices, spatial=x_shape[2:], distinct=are_apart(kernel, how)
    ),
)
window_largest = primitive(  # the values alone, ``sizes`` of them; it keeps only how far each is within its window
    "MaxPool2DWithIndices",
    lambda x, *, kernel, how, sizes: as_examples(window_offsets, x, kernel=kernel, how=how, out=sizes),
    prepare=same,
    residuals=("offset",),
    definition=lambda x, *, kernel, how, sizes: window_max(x, kernel=kernel, how=how, out=sizes)[0],
    x=lambda g, x_shape, offset, kernel, how: as_examples(
        put_offsets, g, offset, spatial=x_shape[2:], kernel=kernel, how=how
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


# --- The kernels ------------------------------------------------------------------------------------------------------


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
    x = with_padding(x, 0, kernel, how, out)
    for axis in range(x.ndim - 1, 1, -1):
        first, *rest = lines_of(axis, kernel, how, out)
        if rest:
            total = x[first] + x[rest[0]]
            for line in rest[1:]:
                total += x[line]
            x = total
        else:
            x = x[first]
    return np.ascontiguousarray(x)


def _window_spread(v: Any, spatial: Sizes, kernel: Sizes, how: How) -> Any:
    sizes = padded_sizes(spatial, kernel, how, v.shape[2:])
    out = v.shape[2:]
    apart = are_apart(kernel, how)
    for axis in range(2, v.ndim):
        wide = np.zeros((*v.shape[:axis], sizes[axis - 2], *v.shape[axis + 1 :]), v.dtype)
        for line in lines_of(axis, kernel, how, out):
            if apart:
                wide[line] = v
            else:
                wide[line] += v
        v = wide
    return np.ascontiguousarray(v[inside_of(spatial, how[1])])
