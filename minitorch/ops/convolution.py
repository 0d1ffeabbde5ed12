"""Convolution in one to three dimensions, and the windows it is made of.

A convolution is linear in its input and in its weight: ``sum(y * conv(x, w))`` is one trilinear form of x, w and y. Its
three partial derivatives are the three primitives below, and each is a rule of the other two, so every order is there.

Arrays are (batch, channels, spatial...); ``how`` is (stride, padding, dilation, groups), each but the last a tuple with an
entry a spatial dim.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same

How = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int]

# --- The table ---------------------------------------------------------------------------------------------------------

convolve = primitive(
    "Convolution",
    lambda x, w, *, how: _convolve(x, w, how),
    prepare=same,
    x=lambda g, w, x_shape, how: convolve_input(g, w, how=how, spatial=x_shape[2:]),
    w=lambda g, x, w_shape, how: convolve_weight(g, x, how=how, kernel=w_shape[2:]),
)
convolve_input = primitive(  # from the output's side to the input's: a transposed convolution
    "ConvolutionBackward",
    lambda y, w, *, how, spatial: _convolve_input(y, w, how, spatial),
    prepare=same,
    y=lambda g, w, how: convolve(g, w, how=how),
    w=lambda g, y, w_shape, how: convolve_weight(y, g, how=how, kernel=w_shape[2:]),
)
convolve_weight = primitive(
    "ConvolutionBackward",
    lambda y, x, *, how, kernel: _convolve_weight(y, x, how, kernel),
    prepare=same,
    y=lambda g, x, how: convolve(x, g, how=how),
    x=lambda g, y, x_shape, how: convolve_input(y, g, how=how, spatial=x_shape[2:]),
)
columns = primitive(  # every window as a column: (C, kernel..., N, out...), and its adjoint, which adds them up again
    "Im2Col",
    lambda x, *, kernel, how: _columns(x, kernel, how),
    prepare=same,
    x=lambda g, x_shape, kernel, how: uncolumns(g, spatial=x_shape[2:], kernel=kernel, how=how),
)
uncolumns = primitive(
    "Col2Im",
    lambda c, *, spatial, kernel, how: _uncolumns(c, spatial, kernel, how),
    prepare=same,
    c=lambda g, kernel, how: columns(g, kernel=kernel, how=how),
)


def out_sizes(spatial: tuple[int, ...], kernel: tuple[int, ...], how: How) -> tuple[int, ...]:
    """The spatial sizes of a convolution's output."""
    stride, padding, dilation, _ = how
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(spatial, kernel, stride, padding, dilation)
    )


def windows(out: tuple[int, ...], kernel: tuple[int, ...], how: How) -> Any:
    """For each place in the kernel, the slices of the padded input that it meets."""
    stride, _, dilation, _ = how
    for place in itertools.product(*map(range, kernel)):
        yield place, tuple(
            slice(k * d, k * d + s * (n - 1) + 1, s) for k, d, s, n in zip(place, dilation, stride, out)
        )


def _columns(x: Any, kernel: tuple[int, ...], how: How) -> Any:
    n, c, *spatial = x.shape
    padding = how[1]
    out = out_sizes(tuple(spatial), kernel, how)
    if any(padding):
        padded = np.zeros((c, n, *(m + 2 * p for m, p in zip(spatial, padding))), x.dtype)
        padded[(slice(None), slice(None), *(slice(p, p + m) for m, p in zip(spatial, padding)))] = x.swapaxes(0, 1)
    else:
        padded = x.swapaxes(0, 1)
    cols = np.empty((c, *kernel, n, *out), x.dtype)
    for place, window in windows(out, kernel, how):
        cols[(slice(None), *place)] = padded[(slice(None), slice(None), *window)]
    return cols


def _uncolumns(cols: Any, spatial: tuple[int, ...], kernel: tuple[int, ...], how: How) -> Any:
    c, n = cols.shape[0], cols.shape[1 + len(kernel)]
    padding = how[1]
    out = cols.shape[2 + len(kernel) :]
    padded = np.zeros((c, n, *(m + 2 * p for m, p in zip(spatial, padding))), cols.dtype)
    for place, window in windows(out, kernel, how):
        padded[(slice(None), slice(None), *window)] += cols[(slice(None), *place)]
    inside = padded[(slice(None), slice(None), *(slice(p, p + m) for m, p in zip(spatial, padding)))]
    return np.ascontiguousarray(inside.swapaxes(0, 1))


# The columns of a group are one matrix, (channels and kernel) by (batch and places), so a convolution is one product a
# group; channels go first while it is computed, because then whole images are copied when batch and channels change places.


def _convolve(x: Any, w: Any, how: How) -> Any:
    n, groups = x.shape[0], how[3]
    out = out_sizes(x.shape[2:], w.shape[2:], how)
    cols = _columns(x, w.shape[2:], how).reshape(groups, -1, n * math.prod(out))
    y = np.matmul(w.reshape(groups, w.shape[0] // groups, -1), cols)
    return np.ascontiguousarray(y.reshape(w.shape[0], n, *out).swapaxes(0, 1))


def _channels_first(y: Any, groups: int) -> Any:
    return np.ascontiguousarray(y.swapaxes(0, 1)).reshape(groups, y.shape[1] // groups, -1)


def _convolve_input(y: Any, w: Any, how: How, spatial: tuple[int, ...]) -> Any:
    groups = how[3]
    kernel = w.shape[2:]
    weight = w.reshape(groups, w.shape[0] // groups, -1)
    cols = np.matmul(weight.swapaxes(1, 2), _channels_first(y, groups))
    return _uncolumns(cols.reshape(w.shape[1] * groups, *kernel, y.shape[0], *y.shape[2:]), spatial, kernel, how)


def _convolve_weight(y: Any, x: Any, how: How, kernel: tuple[int, ...]) -> Any:
    groups = how[3]
    out = y.shape[2:]
    cols = _columns(x, kernel, how).reshape(groups, -1, x.shape[0] * math.prod(out))
    w = np.matmul(_channels_first(y, groups), cols.swapaxes(1, 2))
    return w.reshape(y.shape[1], x.shape[1] // groups, *kernel)
