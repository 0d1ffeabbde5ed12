"""How a convolution lies out some examples, so that it is a matrix product.

A layout turns examples (N, channels, spatial...) into rows, a row a channel, and their windows into columns, (elements
of a window and a one) by (places); ``weights`` puts a weight's elements in the order of a column, and the bias where it
meets the one. There are two layouts, both of which copy long runs, since NumPy is slow on short ones: ``Shifted`` for
one group of windows that move by one and are as many as the places, and ``ExamplesLast`` for all others, with a leading
dimension for the groups.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

Sizes = tuple[int, ...]
How = tuple[Sizes, Sizes, Sizes, int]  # stride, padding, dilation, groups

LARGEST = 1 << 19  # elements of an example's columns up to which a mask of them is kept


def layout_of(
    spatial: Sizes, out: Sizes, kernel: Sizes, how: How, examples: int, channels: int, dtype: np.dtype[Any]
) -> Any:
    """The layout for so many examples of some sizes."""
    stride, _, _, groups = how
    small = math.prod(kernel) * math.prod(spatial) * channels <= LARGEST
    if small and out == spatial and groups == 1 and set(stride) == {1} and dtype.itemsize <= 8:
        return Shifted(spatial, kernel, how, examples, channels, dtype.itemsize)
    return ExamplesLast(spatial, out, kernel, how)


class Shifted:
    """One example after another in a channel's row, so that a window's element k is the row shifted by some places.

    What a shift brings in from beyond an edge is masked. All channels are one line, with room for a shift between two
    of them, so that a shift of all is one run. A column's order is (kernel..., channels).
    """

    def __init__(self, spatial: Sizes, kernel: Sizes, how: How, examples: int, channels: int, itemsize: int) -> None:
        _, padding, dilation, _ = how
        steps = [math.prod(spatial[d + 1 :]) for d in range(len(spatial))]
        self.places, self.examples, self.channels, self.spatial = math.prod(spatial), examples, channels, spatial
        self.elements = channels * math.prod(kernel)
        self.guard = sum(p * step for p, step in zip(padding, steps))
        self.length = examples * self.places + self.guard  # of a row
        line = channels * self.length
        self.shape = (*kernel, line)
        shifts = [d * step for d, step in zip(dilation, steps)]
        self.shifted = (
            *(shift * itemsize for shift in shifts),
            itemsize,
        )  # from a line's windows to the next element's
        self.unshifted = tuple((line * math.prod(kernel[d + 1 :]) - shift) * itemsize for d, shift in enumerate(shifts))
        inside = np.ones((*kernel, *spatial), bool)
        for d, (k, m) in enumerate(zip(kernel, spatial)):
            met = np.arange(m) + (np.arange(k) * dilation[d] - padding[d])[:, None]
            along = [n if i in (d, d + len(kernel)) else 1 for i, n in enumerate(inside.shape)]
            inside &= ((met >= 0) & (met < m)).reshape(along)
        self.bits = np.dtype(f"u{itemsize}")  # all of them for what a window meets inside its input
        rows = np.zeros((*kernel, 1, self.length), self.bits)
        rows[..., 0, : examples * self.places] = np.tile(inside.reshape(*kernel, -1), examples) * ~self.bits.type(0)
        self.mask = np.tile(rows, (channels, 1)).reshape(self.shape)

    def _parts(self, flat: Any, channels: int, before: int = 0) -> Any:
        """(N, channels, places), a view of rows that begin after ``before`` elements."""
        size = flat.itemsize
        strides = (self.places * size, self.length * size, size)
        flat = np.asarray(flat)  # inside vmap it says here that it cannot be had
        return np.ndarray((self.examples, channels, self.places), flat.dtype, flat, before * size, strides)

    def columns(self, x: Any) -> Any:
        flat = np.zeros(self.shape[-1] + 2 * self.guard, x.dtype)
        self._parts(flat, self.channels, self.guard)[...] = x.reshape(self.examples, self.channels, self.places)
        cols = np.empty((self.elements + 1, self.length), x.dtype)
        cols[self.elements] = 1
        windows = np.ndarray(self.shape, self.bits, flat, 0, self.shifted)
        np.bitwise_and(windows, self.mask, out=cols[: self.elements].view(self.bits).reshape(self.shape))
        return cols

    def add_up(self, cols: Any) -> Any:
        """Columns, without their ones, to the examples they came from; they are overwritten.

        The shifts back are one view: it reads beyond a line only where the one before it ends, which is masked.
        """
        masked = cols.view(self.bits).reshape(self.shape)
        masked &= self.mask
        windows = np.ndarray(self.shape, cols.dtype, cols, self.guard * cols.itemsize, (*self.unshifted, cols.itemsize))
        flat = np.add.reduce(windows, tuple(range(len(self.shape) - 1)))
        return self._parts(flat, self.channels).reshape(self.examples, self.channels, *self.spatial)

    def rows(self, y: Any) -> Any:
        rows = np.zeros((y.shape[1], self.length), y.dtype)
        self._parts(rows, len(rows))[...] = y.reshape(self.examples, len(rows), self.places)
        return rows

    def store(self, rows: Any, y: Any) -> None:
        """Rows, the results of a product, to where their examples are: ``y`` (N, channels, spatial...)."""
        y.reshape(self.examples, len(rows), self.places)[...] = self._parts(rows, len(rows))

    @staticmethod
    def weights(w: Any, b: Any) -> Any:
        outputs, channels = w.shape[:2]
        matrix = np.empty((outputs, w.size // outputs + 1), w.dtype)
        matrix[:, -1] = 0 if b is None else b
        matrix[:, :-1].reshape(outputs, -1, channels)[...] = w.reshape(outputs, channels, -1).transpose(0, 2, 1)
        return matrix

    @staticmethod
    def weights_back(matrix: Any, like: Sizes) -> tuple[Any, Any]:
        """The weight, of shape ``like``, and the bias that ``weights`` made a matrix of."""
        outputs, channels = like[:2]
        w = np.empty(like, matrix.dtype)
        w.reshape(outputs, channels, -1)[...] = matrix[:, :-1].reshape(outputs, -1, channels).transpose(0, 2, 1)
        return w, matrix[:, -1].copy()


class ExamplesLast:
    """The examples last, so that what is copied are a line's places times the examples.

    A column's order is (channels, kernel...).
    """

    def __init__(self, spatial: Sizes, out: Sizes, kernel: Sizes, how: How) -> None:
        stride, padding, dilation, self.groups = how
        self.out, self.kernel = out, kernel
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

    def windows(self, x: Any) -> Any:
        """(N, C, spatial...) to (C, kernel..., out..., N), a view of a copy."""
        if self.padded:
            last = np.zeros((x.shape[1], *self.sizes, len(x)), x.dtype)
            _batch_last(x, last[self.inside])
        else:
            last = _batch_last(x)
        bytes_a_step = last.itemsize * len(x)
        strides = [s * bytes_a_step for s in self.steps]
        shape = (x.shape[1], *self.kernel, *self.out, len(x))
        return np.ndarray(shape, x.dtype, np.asarray(last), strides=(*strides, last.itemsize))

    def add_up_windows(self, cols: Any) -> Any:
        """(C, kernel..., out..., N) to (N, C, spatial...): the adjoint of ``windows``."""
        last = np.zeros((len(cols), *self.sizes, cols.shape[-1]), cols.dtype)
        for place, window in self.met:
            last[window] += cols[(slice(None), *place)]
        return _batch_first(last[self.inside])

    def columns(self, x: Any) -> Any:
        windows, groups = self.windows(x), self.groups
        elements = x.shape[1] // groups * math.prod(self.kernel)
        cols = np.empty((groups, elements + 1, math.prod(self.out) * len(x)), x.dtype)
        cols[:, elements] = 1
        cols[:, :elements].reshape(groups, -1, *windows.shape[1:])[...] = windows.reshape(
            groups, -1, *windows.shape[1:]
        )
        return cols

    def add_up(self, cols: Any) -> Any:
        return self.add_up_windows(cols.reshape(-1, *self.kernel, *self.out, cols.shape[-1] // math.prod(self.out)))

    def rows(self, y: Any) -> Any:
        return _batch_last(y).reshape(self.groups, y.shape[1] // self.groups, -1)

    def store(self, rows: Any, y: Any) -> None:
        y[...] = _batch_first(rows.reshape(*y.shape[1:], len(y)))

    def weights(self, w: Any, b: Any) -> Any:
        grouped = w.reshape(self.groups, len(w) // self.groups, -1)
        biases = np.zeros(len(w), w.dtype) if b is None else b
        return np.concatenate([grouped, biases.reshape(self.groups, -1, 1)], 2)

    @staticmethod
    def weights_back(matrices: Any, like: Sizes) -> tuple[Any, Any]:
        return matrices[..., :-1].reshape(like), matrices[..., -1].reshape(-1)


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
