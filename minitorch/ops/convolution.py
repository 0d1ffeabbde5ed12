"""Convolution in one to three dimensions, and the windows it is made of.

A convolution is linear in its input and in its weight: ``sum(y * conv(x, w))`` is one trilinear form of x, w and y. Its
three partial derivatives are the three primitives below, and each is a rule of the other two, so every order is there.

Arrays are (batch, channels, spatial...); ``how`` is (stride, padding, dilation, groups), each but the last a tuple with
an entry a spatial dim.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, same
from minitorch.ops import depthwise
from minitorch.ops.convolution_layouts import ExamplesLast, How, Sizes, layout_of
from minitorch.ops.examples import as_groups

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


@lru_cache(maxsize=256)
def out_sizes(spatial: Sizes, kernel: Sizes, how: How) -> Sizes:
    """The spatial sizes of a convolution's output."""
    stride, padding, dilation, _ = how
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(spatial, kernel, stride, padding, dilation)
    )


# --- The kernels ------------------------------------------------------------------------------------------------------
# A convolution is a matrix product with the windows as columns; convolution_layouts.py has the order of both. Some
# examples are taken at a time, so that their columns stay in the processor's cache.

CHUNK = 1 << 18  # elements of columns and results at a time


@lru_cache(maxsize=64)
def _chunks(
    limit: int, shape: Sizes, outputs: int, out: Sizes, kernel: Sizes, how: How, dtype: np.dtype[Any]
) -> list[tuple[slice, Any]]:
    """The examples of an input of this shape in chunks of up to ``limit`` elements, each with its layout."""
    n, channels, *spatial = shape
    size = (math.prod(kernel) * channels + outputs) * math.prod(out)
    step = max(1, -(-n // max(1, -(-n * size // limit))))
    parts = [slice(start, min(start + step, n)) for start in range(0, n, step)]
    sizes = (tuple(spatial), out, kernel, how)
    layouts = {m: layout_of(*sizes, m, channels, dtype) for m in {part.stop - part.start for part in parts}}
    return [(part, layouts[part.stop - part.start]) for part in parts]


def _product(weights: Any, cols: Any) -> Any:
    """Their matrix product, strip by strip where OpenBLAS is a third slower on many columns at once."""
    size, n = cols.shape[-2:]
    if not 256 < size < 384 or n < 512:
        return np.matmul(weights, cols)
    part = np.empty((*weights.shape[:-1], n), cols.dtype)
    for start in range(0, n, 256):
        strip = np.s_[..., start : start + 256]
        np.matmul(weights, cols[strip], out=part[strip])
    return part


def _convolve(x: Any, w: Any, b: Any, how: How, out: Sizes | None = None) -> tuple[Any, Any]:
    """The convolution, and its columns if they are few enough to be worth keeping."""
    out = out_sizes(x.shape[2:], w.shape[2:], how) if out is None else out
    if depthwise.is_depthwise(w.shape, how):
        return depthwise.convolve(CHUNK, x, w, b, how, out), None
    y = np.empty((len(x), len(w), *out), x.dtype)
    weights: Any = None
    cols: Any = None
    chunks = _chunks(CHUNK, x.shape, len(w), out, w.shape[2:], how, x.dtype)
    for rows, layout in chunks:
        weights = layout.weights(w, b) if weights is None else weights
        cols = layout.columns(x[rows])
        layout.store(_product(weights, cols), y[rows])
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
    if depthwise.is_depthwise(like, how):
        return depthwise.gradients(CHUNK, y, x, w, like, how, spatial, needs)
    shape = (len(y), like[1] * how[3], *spatial)
    dx = np.empty(shape, y.dtype) if needs[0] else None
    weights: Any = None
    matrix: Any = None
    for rows, layout in _chunks(CHUNK, shape, like[0], y.shape[2:], like[2:], how, y.dtype):
        flat = layout.rows(y[rows])
        if dx is not None:
            weights = layout.weights(w, None)[..., :-1].swapaxes(-1, -2) if weights is None else weights
            dx[rows] = layout.add_up(np.matmul(weights, flat))
        if needs[1]:
            cols = layout.columns(x[rows]) if kept is None else kept
            part = np.matmul(flat, cols.swapaxes(-1, -2))
            matrix = part if matrix is None else np.add(matrix, part, out=matrix)
    if needs[1]:
        none = (np.zeros(like, y.dtype), np.zeros(like[0], y.dtype))
        return [dx, *(none if matrix is None else layout.weights_back(matrix, like))]
    return [dx, None, np.add.reduce(y, (0, *range(2, y.ndim))) if needs[2] else None]


def _columns(x: Any, kernel: Sizes, how: How) -> Any:
    spatial = x.shape[2:]
    cols = ExamplesLast(spatial, out_sizes(spatial, kernel, how), kernel, how).windows(x)
    return np.moveaxis(np.ascontiguousarray(cols), -1, 1 + len(kernel))


def _uncolumns(cols: Any, spatial: Sizes, kernel: Sizes, how: How) -> Any:
    layout = ExamplesLast(spatial, cols.shape[2 + len(kernel) :], kernel, how)
    return np.ascontiguousarray(layout.add_up_windows(np.moveaxis(cols, 1 + len(kernel), -1)))
