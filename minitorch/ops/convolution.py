"""Convolution in one to three dimensions, and the windows it is made of.

A convolution is linear in its input and in its weight: ``sum(y * conv(x, w))`` is one trilinear form of x, w and y. Its
three partial derivatives are the three primitives below, and each is a rule of the other two, so every order is there.

Arrays are (batch, channels, spatial...); ``how`` is (stride, padding, dilation, groups), each but the last a tuple with
an entry a spatial dim.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, same
from minitorch.ops.examples import as_groups

Sizes = tuple[int, ...]
How = tuple[Sizes, Sizes, Sizes, int]

# --- The table --------------------------------------------------------------------------------------------------------

convolve = primitive(  # ``out``: how many windows, if not as many as there is room for
    "Convolution",
    lambda x, w, *, how, out=None: as_groups(_convolve_alone, x, w, how, "xwx", out=out),
    prepare=same,
    x=lambda g, w, x_shape, how: convolve_input(g, w, how=how, spatial=x_shape[2:]),
    w=lambda g, x, w_shape, how: convolve_weight(g, x, how=how, kernel=w_shape[2:]),
)
convolution = primitive(  # with a bias, or None; fused: it keeps the columns, and the backward pass lays out g once
    "Convolution",
    lambda x, w, b, *, how: _convolve(x, w, b, how),
    prepare=same,
    residuals=("cols",),
    definition=lambda x, w, b, *, how: _convolution(x, w, b, how),
    joint=lambda g, x, w, cols, how, needs: _gradients(g, x, w, w.shape, how, x.shape[2:], needs, cols),
)
convolve_input: Operation = primitive(  # from the output's side to the input's: a transposed convolution
    "ConvolutionBackward",
    lambda y, w, *, how, spatial: as_groups(_convolve_input, y, w, how, "xwx", spatial=spatial),
    prepare=same,
    y=lambda g, w, y_shape, how: convolve(g, w, how=how, out=y_shape[2:]),
    w=lambda g, y, w_shape, how: convolve_weight(y, g, how=how, kernel=w_shape[2:]),
)
convolve_weight: Operation = primitive(
    "ConvolutionBackward",
    lambda y, x, *, how, kernel: as_groups(_convolve_weight, y, x, how, "xxw", kernel=kernel),
    prepare=same,
    y=lambda g, x, y_shape, how: convolve(x, g, how=how, out=y_shape[2:]),
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


def _convolution(x: Any, w: Any, b: Any, how: How) -> Any:
    y = convolve(x, w, how=how)
    return y if b is None else y + np.reshape(b, (-1, *(1,) * (x.ndim - 2)))


def out_sizes(spatial: Sizes, kernel: Sizes, how: How) -> Sizes:
    """The spatial sizes of a convolution's output."""
    stride, padding, dilation, _ = how
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(spatial, kernel, stride, padding, dilation)
    )


# --- The kernels ------------------------------------------------------------------------------------------------------
# A convolution is a matrix product with the windows as columns, (channels and kernel) by (places and examples), one
# product a group. The examples come last, so that what is copied are long runs: a line's places times the examples.
# Some examples are taken at a time, so that their columns stay in the processor's cache.

CHUNK = 1 << 18  # elements of columns and results at a time


class _Layout:
    """The windows of an input with some spatial sizes; made once for each sizes."""

    def __init__(self, spatial: Sizes, out: Sizes | None, kernel: Sizes, how: How) -> None:
        stride, padding, dilation, _ = how
        self.out = out = out_sizes(spatial, kernel, how) if out is None else out
        self.kernel, self.places = kernel, math.prod(out)
        reach = [d * (k - 1) + s * (n - 1) + 1 for n, k, s, d in zip(out, kernel, stride, dilation)]
        self.sizes = tuple(max(r, m + 2 * p) for r, m, p in zip(reach, spatial, padding))
        self.padded = self.sizes != tuple(spatial)
        self.inside = (slice(None), *(slice(p, p + m) for m, p in zip(spatial, padding)))
        steps = [math.prod(self.sizes[d + 1 :]) for d in range(len(spatial))]
        within = [d * step for d, step in zip(dilation, steps)]
        across = [s * step for s, step in zip(stride, steps)]
        self.steps = (math.prod(self.sizes), *within, *across)  # from a window's element to the next, for one example
        # For each place in the kernel, what all windows meet there.
        self.met = [
            (place, (slice(None), *(slice(k, k + s * n, s) for k, n, s in zip(start, out, stride))))
            for place in itertools.product(*map(range, kernel))
            for start in [[k * d for k, d in zip(place, dilation)]]
        ]

    def columns(self, x: Any) -> Any:
        """(N, C, spatial...) to (C, kernel..., out..., N)."""
        if self.padded:
            last = np.zeros((x.shape[1], *self.sizes, len(x)), x.dtype)
            _batch_last(x, last[self.inside])
        else:
            last = _batch_last(x)
        bytes_a_step = last.itemsize * len(x)
        strides = [s * bytes_a_step for s in self.steps]
        shape = (x.shape[1], *self.kernel, *self.out, len(x))
        return np.ascontiguousarray(np.ndarray(shape, x.dtype, last, strides=(*strides, last.itemsize)))

    def add_up(self, cols: Any) -> Any:
        """(C, kernel..., out..., N) to (N, C, spatial...): the adjoint of ``columns``."""
        last = np.zeros((len(cols), *self.sizes, cols.shape[-1]), cols.dtype)
        for place, window in self.met:
            last[window] += cols[(slice(None), *place)]
        return _batch_first(last[self.inside])


_layout = lru_cache(maxsize=256)(_Layout)


def _batch_last(x: Any, into: Any = None) -> Any:
    """x with its examples last; sixteen of them at a time, since more memory streams than that thrash the cache."""
    order = (*range(1, x.ndim), 0)
    if into is None:
        into = np.empty((*x.shape[1:], len(x)), x.dtype)
    for start in range(0, len(x), 16):
        into[..., start : start + 16] = x[start : start + 16].transpose(order)
    return into


def _batch_first(x: Any) -> Any:
    return x.transpose(x.ndim - 1, *range(x.ndim - 1))


def _chunks(n: int, size: int) -> list[slice]:
    """All of n examples of some size, a chunk at a time."""
    count = max(1, -(-n * size // CHUNK))
    step = max(1, -(-n // count))
    return [slice(start, start + step) for start in range(0, n, step)]


def _matrices(w: Any, groups: int) -> Any:
    return w.reshape(groups, len(w) // groups, -1)


def _convolve(x: Any, w: Any, b: Any, how: How, out: Sizes | None = None) -> tuple[Any, Any]:
    """The convolution, and its columns if they are few enough to be worth keeping."""
    layout, groups = _layout(x.shape[2:], out, w.shape[2:], how), how[3]
    weight = _matrices(w, groups)
    y = np.empty((len(x), len(w), *layout.out), x.dtype)
    cols: Any = None
    chunks = _chunks(len(x), (weight.shape[2] * groups + len(w)) * layout.places)
    for rows in chunks:
        cols = layout.columns(x[rows]).reshape(groups, weight.shape[2], -1)
        part = np.matmul(weight, cols)
        if b is not None:
            part += b.reshape(groups, -1, 1)
        y[rows] = _batch_first(part.reshape(len(w), *layout.out, -1))
    return y, cols if len(chunks) == 1 else None


def _convolve_alone(x: Any, w: Any, how: How, out: Sizes | None) -> Any:
    return _convolve(x, w, None, how, out)[0]


def _convolve_weight(y: Any, x: Any, how: How, kernel: Sizes) -> Any:
    like = (y.shape[1], x.shape[1] // how[3], *kernel)
    return _gradients(y, x, None, like, how, x.shape[2:], (False, True, False))[1]


def _convolve_input(y: Any, w: Any, how: How, spatial: Sizes) -> Any:
    return _gradients(y, None, w, w.shape, how, spatial, (True, False, False))[0]


def _gradients(
    y: Any, x: Any, w: Any, like: Sizes, how: How, spatial: Sizes, needs: tuple[bool, ...], kept: Any = None
) -> list[Any]:
    """What y, the gradient of a convolution, is for its input, its weight (of shape ``like``) and its bias."""
    layout, groups = _layout(spatial, y.shape[2:], like[2:], how), how[3]
    outputs, channels, *kernel = like
    size = channels * math.prod(kernel)
    dx = np.empty((len(y), channels * groups, *spatial), y.dtype) if needs[0] else None
    dw = np.zeros((groups, outputs // groups, size), y.dtype) if needs[1] else None
    db = np.zeros(outputs, y.dtype) if needs[2] else None
    for rows in _chunks(len(y), (size * groups + outputs) * layout.places):
        last = _batch_last(y[rows])
        flat = last.reshape(groups, outputs // groups, -1)
        if dx is not None:
            cols = np.matmul(_matrices(w, groups).swapaxes(1, 2), flat)
            dx[rows] = layout.add_up(cols.reshape(channels * groups, *kernel, *layout.out, last.shape[-1]))
        if dw is not None:
            cols = layout.columns(x[rows]).reshape(groups, size, -1) if kept is None else kept
            dw += np.matmul(flat, cols.swapaxes(1, 2))
        if db is not None:
            db += np.add.reduce(last.reshape(outputs, -1), 1)
    return [dx, None if dw is None else dw.reshape(like), db]


def _columns(x: Any, kernel: Sizes, how: How) -> Any:
    cols = _layout(x.shape[2:], None, kernel, how).columns(x)
    return np.moveaxis(cols, -1, 1 + len(kernel))


def _uncolumns(cols: Any, spatial: Sizes, kernel: Sizes, how: How) -> Any:
    layout = _layout(spatial, cols.shape[2 + len(kernel) :], kernel, how)
    return np.ascontiguousarray(layout.add_up(np.moveaxis(cols, 1 + len(kernel), -1)))
