"""Convolution of each channel by itself, with windows that move by one: shifted lines times a weight, summed.

That is a product and a sum for each element of the kernel, where a matrix product would have one row a channel.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.ops.convolution_layouts import How, Sizes


def is_depthwise(weight: Sizes, how: How) -> bool:
    """Whether a convolution with a weight of this shape is one of this file's."""
    stride, _, _, groups = how
    return groups > 1 and weight[:2] == (groups, 1) and set(stride) == {1}


class _Lines:
    """A row a channel: its examples one after another, padded, and room for the last window's reach."""

    def __init__(self, examples: int, channels: int, spatial: Sizes, out: Sizes, kernel: Sizes, how: How) -> None:
        _, padding, dilation, _ = how
        reach = [d * (k - 1) for k, d in zip(kernel, dilation)]
        sizes = tuple(max(m + 2 * p, n + r) for m, n, p, r in zip(spatial, out, padding, reach))
        steps = [math.prod(sizes[d + 1 :]) for d in range(len(sizes))]
        places = [sum(k * d * s for k, d, s in zip(place, dilation, steps)) for place in np.ndindex(*kernel)]
        self.places = list(enumerate(places))  # of each element of the kernel, how far it is from its window's start
        self.guard = places[-1]
        self.length = examples * math.prod(sizes) + self.guard
        self.inside = (slice(None), slice(None), *(slice(p, p + m) for p, m in zip(padding, spatial)))
        self.starts = (slice(None), slice(None), *(slice(n) for n in out))
        self.shape, self.channels = (examples, channels, *sizes), channels
        self.size = channels * self.length

    def examples(self, line: Any, before: int = 0) -> Any:
        """(N, channels, padded...), a view of the rows that begin in a line after some elements."""
        bytes_of = [math.prod(self.shape[d + 1 :]) * line.itemsize for d in range(1, len(self.shape))]
        strides = (bytes_of[0], self.length * line.itemsize, *bytes_of[1:])
        return np.ndarray(self.shape, line.dtype, np.asarray(line), before * line.itemsize, strides)

    def laid(self, x: Any, where: Any, before: int = 0) -> Any:
        """x in a line of its own, zeros around it; room for a shift of all rows is before or behind them."""
        line = np.zeros(self.size + self.guard, x.dtype)
        self.examples(line, before)[where] = x
        return line

    def rows(self, line: Any, start: int = 0) -> Any:
        return line[start : start + self.size].reshape(self.channels, self.length)

    def weighted(self, line: Any, weights: Any, starts: list[int]) -> Any:
        """The sum of the rows from each start, times a column of the weights."""
        total = self.rows(line, starts[0]) * weights[:, :1]
        part = np.empty_like(total)
        for k, start in enumerate(starts[1:], 1):
            np.multiply(self.rows(line, start), weights[:, k : k + 1], out=part)
            total += part
        return total


_lines = lru_cache(maxsize=64)(_Lines)


def _chunks(limit: int, shape: Sizes, out: Sizes, kernel: Sizes, how: How) -> list[tuple[slice, _Lines]]:
    """The examples of an input of this shape, as many at a time as have up to ``limit`` elements."""
    n, channels, *spatial = shape
    step = max(1, limit // (channels * math.prod(spatial)))
    parts = [slice(start, min(start + step, n)) for start in range(0, n, step)]
    return [(part, _lines(part.stop - part.start, channels, tuple(spatial), out, kernel, how)) for part in parts]


def convolve(limit: int, x: Any, w: Any, b: Any, how: How, out: Sizes) -> Any:
    """The convolution of x (N, C, spatial...) with w (C, 1, kernel...), and b, (C,) or None, added."""
    y = np.empty((*x.shape[:2], *out), x.dtype)
    weights = w.reshape(len(w), -1)
    for rows, lines in _chunks(limit, x.shape, out, w.shape[2:], how):
        line = lines.laid(x[rows], lines.inside)
        total = lines.weighted(line, weights, [start for _, start in lines.places])
        if b is not None:
            total += b[:, None]
        y[rows] = lines.examples(total)[lines.starts]
    return y


def gradients(
    limit: int, y: Any, x: Any, w: Any, like: Sizes, how: How, spatial: Sizes, needs: tuple[bool, ...]
) -> list[Any]:
    """What y, the gradient of such a convolution, is for its input, its weight (of shape ``like``) and its bias."""
    shape = (*y.shape[:2], *spatial)
    dx = np.empty(shape, y.dtype) if needs[0] else None
    dw = np.zeros((like[0], math.prod(like[2:])), y.dtype) if needs[1] else None
    for rows, lines in _chunks(limit, shape, y.shape[2:], like[2:], how):
        line = lines.laid(y[rows], lines.starts, lines.guard)
        if dx is not None:
            starts = [lines.guard - start for _, start in lines.places]
            total = lines.weighted(line, w.reshape(len(w), -1), starts)
            dx[rows] = lines.examples(total)[lines.inside]
        if dw is not None:
            slopes, met = lines.rows(line, lines.guard)[:, None], lines.laid(x[rows], lines.inside)
            for k, start in lines.places:
                dw[:, k] += np.matmul(slopes, lines.rows(met, start)[..., None])[:, 0, 0]
    db = np.add.reduce(y, (0, *range(2, y.ndim))) if needs[2] else None
    return [dx, None if dw is None else dw.reshape(like), db]
