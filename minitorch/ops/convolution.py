"""Convolution in one to three dimensions, and the windows it is made of.

A convolution is linear in its input and in its weight: ``sum(y * conv(x, w))`` is one trilinear form of x, w and y. Its
three partial derivatives are the three primitives below, and each is a rule of the other two, so every order is there.

Arrays are (batch, channels, spatial...); ``how`` is (stride, padding, dilation, groups), each but the last a tuple with an
entry a spatial dim.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same

Sizes = tuple[int, ...]
How = tuple[Sizes, Sizes, Sizes, int]

# --- The table ---------------------------------------------------------------------------------------------------------

convolve = primitive(
    "Convolution",
    lambda x, w, *, how: _convolve(x, w, how),
    prepare=same,
    x=lambda g, w, x_shape, how: convolve_input(g, w, how=how, spatial=x_shape[2:]),
    w=lambda g, x, w_shape, how: convolve_weight(g, x, how=how, kernel=w_shape[2:]),
)
convolve_bias = primitive(  # the same with one number a channel added
    "Convolution",
    lambda x, w, b, *, how: _convolve(x, w, how, b),
    prepare=same,
    x=lambda g, w, x_shape, how: convolve_input(g, w, how=how, spatial=x_shape[2:]),
    w=lambda g, x, w_shape, how: convolve_weight(g, x, how=how, kernel=w_shape[2:]),
    b=lambda g: np.sum(np.sum(np.reshape(g, (*g.shape[:2], -1)), axis=2), axis=0),  # whole runs first: NumPy's fast sums
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


def out_sizes(spatial: Sizes, kernel: Sizes, how: How) -> Sizes:
    """The spatial sizes of a convolution's output."""
    stride, padding, dilation, _ = how
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(spatial, kernel, stride, padding, dilation)
    )


def windows(out: Sizes, kernel: Sizes, how: How) -> Any:
    """For each place in the kernel, the slices of the padded input that it meets."""
    stride, _, dilation, _ = how
    for place in itertools.product(*map(range, kernel)):
        yield place, tuple(
            slice(k * d, k * d + s * (n - 1) + 1, s) for k, d, s, n in zip(place, dilation, stride, out)
        )


# --- The kernels -------------------------------------------------------------------------------------------------------
# A convolution is a matrix product with the windows as columns, (channels and kernel) by (examples and places), one product
# a group. The columns are laid out in one of two ways, whichever copies longer runs: channels first with the places of a
# line next to each other (few channels, large images), or channels last with what a window has of a line next to each other.
# A few examples at a time, so that they stay in the processor's cache; making them again for the weight's gradient is
# cheaper than to keep them.

CHUNK = 1 << 18  # elements of the columns that are made at a time


class _Windows:
    """The windows of x as matrices, chunk by chunk."""

    def __init__(self, x: Any, kernel: Sizes, how: How, last: bool | None = None) -> None:
        stride, padding, dilation, groups = how
        self.n, channels, *spatial = x.shape
        self.kernel, self.out = kernel, out_sizes(x.shape[2:], kernel, how)
        self.groups, self.channels = groups, channels // groups
        line = kernel[-1] if dilation[-1] == 1 and groups == 1 else 1
        self.last = line * self.channels > self.out[-1] if last is None else last
        inner = tuple(slice(p, p + m) for p, m in zip(padding, spatial))
        sizes = [m + 2 * p for m, p in zip(spatial, padding)]
        empty = np.zeros if any(padding) else np.empty
        g = self.groups
        if self.last:
            padded = empty((self.n, *sizes, channels), x.dtype)
            padded[(slice(None), *inner)] = np.moveaxis(x, 1, -1)
            n_step, *steps, c_step = padded.strides
            self.shape = (g, self.n, *self.out, *kernel, self.channels)
        else:
            padded = empty((channels, self.n, *sizes), x.dtype)
            padded[(slice(None), slice(None), *inner)] = x.swapaxes(0, 1)
            c_step, n_step, *steps = padded.strides
            self.shape = (g, self.channels, *kernel, self.n, *self.out)
        across = [s * step for s, step in zip(stride, steps)]
        within = [d * step for d, step in zip(dilation, steps)]
        g_step = c_step * self.channels
        order = (n_step, *across, *within, c_step) if self.last else (c_step, *within, n_step, *across)
        self.view = np.ndarray(self.shape, x.dtype, padded, strides=(g_step, *order))

    def weight(self, w: Any) -> Any:
        """The weight as one matrix a group, (outputs, channels and kernel) in the order of the columns."""
        w = w.reshape(self.groups, -1, *w.shape[1:])
        if self.last:
            w = np.moveaxis(w, 2, -1)
        return w.reshape(*w.shape[:2], -1)

    def unweight(self, matrix: Any) -> Any:
        """Back from such matrices to a weight's own order."""
        if not self.last:
            return matrix.reshape(-1, self.channels, *self.kernel)
        w = np.moveaxis(matrix.reshape(-1, *self.kernel, self.channels), -1, 1)
        return np.ascontiguousarray(w)

    def chunks(self) -> Iterator[tuple[slice, Any]]:
        """Some examples, and their columns as one matrix a group, (channels and kernel, examples and places)."""
        size = math.prod(self.kernel) * self.channels
        places = math.prod(self.out)
        count = max(1, -(-self.n * self.groups * size * places // CHUNK))
        step = max(1, -(-self.n // count))
        at = 1 if self.last else 2 + len(self.kernel)
        for start in range(0, self.n, step):
            rows = slice(start, min(start + step, self.n))
            cols = np.ascontiguousarray(self.view[(slice(None),) * at + (rows,)])
            if self.last:
                yield rows, cols.reshape(self.groups, -1, size).swapaxes(1, 2)
            else:
                yield rows, cols.reshape(self.groups, size, -1)


def _convolve(x: Any, w: Any, how: How, b: Any = None) -> Any:
    found = _Windows(x, w.shape[2:], how)
    weight = found.weight(w)
    y = np.empty((len(x), len(w), *found.out), x.dtype)
    if b is not None:
        b = b.reshape(-1, *(1,) * len(found.out))
    for rows, cols in found.chunks():
        part = np.matmul(weight, cols).reshape(len(w), -1, *found.out).swapaxes(0, 1)
        if b is None:
            y[rows] = part
        else:
            np.add(part, b, out=y[rows])
    return y


def _convolve_weight(y: Any, x: Any, how: How, kernel: Sizes) -> Any:
    found = _Windows(x, kernel, how)
    total: Any = None
    for rows, cols in found.chunks():
        part = np.matmul(_channels_first(y[rows], how[3]), cols.swapaxes(1, 2))
        total = part if total is None else np.add(total, part, out=total)
    if total is None:  # no examples
        return np.zeros((y.shape[1], found.channels, *kernel), x.dtype)
    return found.unweight(total)


def _convolve_input(y: Any, w: Any, how: How, spatial: Sizes) -> Any:
    stride, padding, dilation, groups = how
    kernel = w.shape[2:]
    by_group = w.reshape(groups, -1, *w.shape[1:])
    # Where the stride is 1 this is a convolution itself, with the kernel turned round.
    turned = (stride, tuple(d * (k - 1) - p for d, k, p in zip(dilation, kernel, padding)), dilation, groups)
    if max(stride) == 1 and min(turned[1]) >= 0 and out_sizes(y.shape[2:], kernel, turned) == spatial:
        flipped = by_group.swapaxes(1, 2)[(..., *(slice(None, None, -1) for _ in kernel))]
        return _convolve(y, flipped.reshape(-1, len(w) // groups, *kernel), turned)
    weight = by_group.reshape(*by_group.shape[:2], -1).swapaxes(1, 2)
    channels = w.shape[1] * groups
    x = np.empty((len(y), channels, *spatial), y.dtype)
    step = max(1, CHUNK // max(1, channels * math.prod(kernel) * math.prod(y.shape[2:])))
    for start in range(0, len(y), step):
        part = y[start : start + step]
        cols = np.matmul(weight, _channels_first(part, groups))
        x[start : start + step] = _uncolumns(cols.reshape(channels, *kernel, -1, *y.shape[2:]), spatial, kernel, how)
    return x


def _channels_first(y: Any, groups: int) -> Any:
    """(N, C, out...) as one matrix a group, (C / groups, N and places)."""
    return np.ascontiguousarray(y.swapaxes(0, 1)).reshape(groups, y.shape[1] // groups, -1)


def _columns(x: Any, kernel: Sizes, how: How) -> Any:
    found = _Windows(x, kernel, how, last=False)
    return np.ascontiguousarray(found.view[0])


def _uncolumns(cols: Any, spatial: Sizes, kernel: Sizes, how: How) -> Any:
    c, n = cols.shape[0], cols.shape[1 + len(kernel)]
    stride, padding, dilation, _ = how
    out = cols.shape[2 + len(kernel) :]
    reach = [d * (k - 1) + s * (m - 1) + 1 for m, k, s, d in zip(out, kernel, stride, dilation)]
    sizes = [max(r, m + 2 * p) for r, m, p in zip(reach, spatial, padding)]
    padded = np.zeros((c, n, *sizes), cols.dtype)
    for place, window in windows(out, kernel, how):
        padded[(slice(None), slice(None), *window)] += cols[(slice(None), *place)]
    inside = padded[(slice(None), slice(None), *(slice(p, p + m) for m, p in zip(spatial, padding)))]
    return np.ascontiguousarray(inside.swapaxes(0, 1))
