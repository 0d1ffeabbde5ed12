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
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, same

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
    b=lambda g: channel_sum(g),
)
channel_sum: Operation = primitive(  # over all dimensions but the second, and the adjoint
    "Sum",
    lambda x: _channel_sum(x),
    prepare=same,
    x=lambda g, x_shape: np.reshape(g, (-1, *(1,) * (len(x_shape) - 2))),  # the engine spreads it over the other dims
)
convolve_input: Operation = primitive(  # from the output's side to the input's: a transposed convolution
    "ConvolutionBackward",
    lambda y, w, *, how, spatial: _convolve_input(y, w, how, spatial),
    prepare=same,
    y=lambda g, w, how: convolve(g, w, how=how),
    w=lambda g, y, w_shape, how: convolve_weight(y, g, how=how, kernel=w_shape[2:]),
)
convolve_weight: Operation = primitive(
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
uncolumns: Operation = primitive(
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


class _Layout:
    """How the windows of an input of some shape become matrices; made once for each shape."""

    def __init__(self, shape: Sizes, kernel: Sizes, how: How, last: bool | None = None) -> None:
        stride, padding, dilation, groups = how
        n, channels, *spatial = shape
        dims = range(2, len(shape))
        out = out_sizes(tuple(spatial), kernel, how)
        self.kernel, self.out, self.groups, self.channels = kernel, out, groups, channels // groups
        self.size = self.channels * math.prod(kernel)
        if last is None:
            line = kernel[-1] if dilation[-1] == 1 and groups == 1 else 1
            last = line * self.channels > out[-1]
        self.last = last
        # The padded input, channels last or first; ``steps`` are how far apart neighbours in x's dimensions are in it.
        self.order = (0, *dims, 1) if last else (1, 0, *dims)
        self.padding = (0, *padding, 0) if last else (0, 0, *padding)
        sizes = [shape[d] + 2 * p for d, p in zip(self.order, self.padding)]
        steps = {d: math.prod(sizes[i + 1 :]) for i, d in enumerate(self.order)}
        across = [s * steps[d] for s, d in zip(stride, dims)]
        within = [s * steps[d] for s, d in zip(dilation, dims)]
        if last:
            self.shape: Sizes = (groups, n, *out, *kernel, self.channels)
            self.steps: Sizes = (steps[1] * self.channels, steps[0], *across, *within, steps[1])
        else:
            self.shape = (groups, self.channels, *kernel, n, *out)
            self.steps = (steps[1] * self.channels, steps[1], *within, steps[0], *across)
        # The rows of each chunk, and where they are in the windows.
        count = max(1, -(-n * groups * self.size * math.prod(out) // CHUNK))
        step = max(1, -(-n // count))
        before = (slice(None),) * (1 if last else 2 + len(kernel))
        self.parts = [(rows, (*before, rows)) for rows in (slice(i, min(i + step, n)) for i in range(0, n, step))]

    def windows(self, x: Any) -> Any:
        """Every window of x, as a view of a copy of x."""
        padded = _padded(x.transpose(self.order), self.padding)
        itemsize = x.itemsize
        return np.ndarray(self.shape, x.dtype, padded, strides=[s * itemsize for s in self.steps])

    def chunks(self, x: Any) -> Iterator[tuple[slice, Any]]:
        """Some examples of x, and their columns as one matrix a group, (channels and kernel, examples and places)."""
        view = self.windows(x)
        for rows, where in self.parts:
            cols = np.ascontiguousarray(view[where])
            if self.last:
                yield rows, cols.reshape(self.groups, -1, self.size).swapaxes(1, 2)
            else:
                yield rows, cols.reshape(self.groups, self.size, -1)

    def weight(self, w: Any) -> Any:
        """The weight as one matrix a group, (outputs, channels and kernel) in the order of the columns."""
        if self.last:
            w = w.transpose(0, *range(2, w.ndim), 1)
        return w.reshape(self.groups, len(w) // self.groups, -1)

    def unweight(self, matrix: Any) -> Any:
        """Back from such matrices to a weight's own order."""
        if not self.last:
            return matrix.reshape(-1, self.channels, *self.kernel)
        w = matrix.reshape(-1, *self.kernel, self.channels)
        return np.ascontiguousarray(w.transpose(0, w.ndim - 1, *range(1, w.ndim - 1)))


_layout = lru_cache(maxsize=256)(_Layout)


def _padded(x: Any, padding: tuple[int, ...]) -> Any:
    """x with zeros around it, in C order."""
    if not any(padding):
        return np.ascontiguousarray(x)
    padded = np.zeros([m + 2 * p for m, p in zip(x.shape, padding)], x.dtype)
    padded[tuple(slice(p, p + m) for m, p in zip(x.shape, padding))] = x
    return padded


def _convolve(x: Any, w: Any, how: How, b: Any = None) -> Any:
    layout = _layout(x.shape, w.shape[2:], how)
    weight = layout.weight(w)
    y = np.empty((len(x), len(w), *layout.out), x.dtype)
    if b is not None:
        b = b.reshape(how[3], -1, 1)
    for rows, cols in layout.chunks(x):
        part = np.matmul(weight, cols)
        if b is not None:
            part += b
        y[rows] = part.reshape(len(w), -1, *layout.out).swapaxes(0, 1)
    return y


def _convolve_weight(y: Any, x: Any, how: How, kernel: Sizes) -> Any:
    layout = _layout(x.shape, kernel, how)
    total: Any = None
    for rows, cols in layout.chunks(x):
        part = np.matmul(_channels_first(y[rows], how[3]), cols.swapaxes(1, 2))
        total = part if total is None else np.add(total, part, out=total)
    if total is None:  # no examples
        return np.zeros((y.shape[1], layout.channels, *kernel), x.dtype)
    return layout.unweight(total)


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


def _channel_sum(x: Any) -> Any:
    flat = x.reshape(*x.shape[:2], -1)
    return np.matmul(flat, np.ones(flat.shape[2], x.dtype)).sum(0, dtype=x.dtype)  # twice as fast as x.sum over all of them


def _columns(x: Any, kernel: Sizes, how: How) -> Any:
    layout = _layout(x.shape, kernel, how, False)
    return np.ascontiguousarray(layout.windows(x)[0])


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
