"""The largest of every window, which one it is, and a gradient back to it: the kernels of max pooling.

Windows are taken dimension by dimension, the last one first, so that of equal elements the first is found.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.ops.convolution_layouts import How, Sizes

# --- Windows ----------------------------------------------------------------------------------------------------------


def are_apart(kernel: Sizes, how: How) -> bool:
    """Whether no two windows share an element."""
    return all(s > d * (k - 1) for k, s, d in zip(kernel, how[0], how[2]))


def padded_sizes(spatial: Sizes, kernel: Sizes, how: How, out: Sizes) -> list[int]:
    """The spatial sizes with padding, and with what the last windows reach beyond it."""
    stride, padding, dilation, _ = how
    reach = [d * (k - 1) + s * (n - 1) + 1 for n, k, s, d in zip(out, kernel, stride, dilation)]
    return [max(r, m + p) for r, m, p in zip(reach, spatial, padding)]


def inside_of(spatial: Sizes, padding: Sizes) -> tuple[slice, ...]:
    return (slice(None), slice(None), *(slice(p, p + m) for m, p in zip(spatial, padding)))


def with_padding(x: Any, fill: float, kernel: Sizes, how: How, out: Sizes) -> Any:
    sizes = padded_sizes(x.shape[2:], kernel, how, out)
    if tuple(sizes) == x.shape[2:] and not any(how[1]):
        return x
    padded = np.full((*x.shape[:2], *sizes), fill, x.dtype)
    padded[inside_of(x.shape[2:], how[1])] = x
    return padded


@lru_cache(maxsize=256)
def lines_of(axis: int, kernel: Sizes, how: How, out: Sizes) -> list[tuple[slice, ...]]:
    """For each place in the kernel along one axis, the slices that all windows meet there."""
    d = axis - 2
    step, dilation = how[0][d], how[2][d]
    reach = step * (out[d] - 1) + 1
    return [(slice(None),) * axis + (slice(k, k + reach, step),) for k in range(0, kernel[d] * dilation, dilation)]


# --- The largest of each ----------------------------------------------------------------------------------------------


def largest_and_indices(x: Any, kernel: Sizes, how: How, out: Sizes) -> tuple[Any, Any]:
    best, offset = window_offsets(x, kernel, how, out)
    indices = np.empty(best.shape, np.int64)
    return best, np.add(offset, _starts(x.shape[2:], how, out), out=indices)


def window_offsets(x: Any, kernel: Sizes, how: How, out: Sizes) -> tuple[Any, Any]:
    spatial = x.shape[2:]
    if _halves(spatial, kernel, how, out):
        best, offset = _largest_of_halves(x, _offset_type(spatial, kernel, how))
    else:
        best, offset = _largest(_filled(x, kernel, how, out), spatial, kernel, how, out)
    if x.dtype.kind == "f" and (worst := np.maximum.reduce(best, axis=None, initial=-math.inf)) != worst:
        best, offset = _largest(_filled(x, kernel, how, out), spatial, kernel, how, out, nan=True)
    return best, offset


def _filled(x: Any, kernel: Sizes, how: How, out: Sizes) -> Any:
    return with_padding(x, -math.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min, kernel, how, out)


def _largest(x: Any, spatial: Sizes, kernel: Sizes, how: How, out: Sizes, nan: bool = False) -> tuple[Any, Any]:
    """The largest of each window, and how far it is from the window's start in the flat spatial dims.

    Of equals it is the first, and with ``nan`` the last nan where there is one, as in PyTorch: within a line, and then
    of the lines. Each line is copied before it is compared, since NumPy is slow on short strided runs; products of
    small integers replace np.where.
    """
    small = _offset_type(spatial, kernel, how)
    offset: Any = small.type(0)
    for axis in range(x.ndim - 1, 1, -1):
        for k, line in enumerate(lines_of(axis, kernel, how, out)):
            value = _copy(x, axis, line)
            there = _along(axis - 2, k, spatial, how, out, small)
            if np.ndim(offset) == x.ndim:
                there = _copy(offset, axis, line) + there
            elif axis < x.ndim - 1:  # windows of one line so far: the offset is the same in all of them
                there = offset + there
            if k == 0:
                best, found = value, there
                continue
            better = value > best
            if nan:
                better |= value != value
            np.maximum(best, value, out=best)
            move = better.view(np.int8) if small.itemsize == 1 else better.astype(small)
            move *= there - found
            move += found
            found = move
        x, offset = best, found
    return x, offset if np.shape(offset) == x.shape else np.broadcast_to(offset, x.shape)


def _copy(x: Any, axis: int, line: tuple[slice, ...]) -> Any:
    """A contiguous copy of x[line], which slices one axis: what is together is one item, twice as fast as a run."""
    together = math.prod(x.shape[axis + 1 :]) * x.itemsize
    if axis == x.ndim - 1 or together > 512 or not x.flags.c_contiguous:
        return x[line].copy()
    items = x.reshape(*x.shape[: axis + 1], -1).view(_item(together))[..., 0]
    copied = items[line].copy()
    return copied.view(x.dtype).reshape(*copied.shape, *x.shape[axis + 1 :])


@lru_cache(maxsize=256)
def _item(size: int) -> np.dtype[Any]:
    return _ITEMS.get(size) or np.dtype((np.void, size))


_ITEMS = {n: np.dtype(name) for n, name in ((1, "u1"), (2, "u2"), (4, "u4"), (8, "u8"), (16, "c16"))}


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


# --- Windows of two, next to each other -------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _halves(spatial: Sizes, kernel: Sizes, how: How, out: Sizes) -> bool:
    """Whether the windows are two elements wide in each dimension, and next to each other."""
    two = (2,) * len(spatial)
    return kernel == how[0] == two and not any(how[1]) and all(2 * n == m for n, m in zip(out, spatial))


def _largest_of_halves(x: Any, small: np.dtype[Any]) -> tuple[Any, Any]:
    """``_largest`` of such windows, in fewer steps: each halves an axis, and the array is one line for it.

    What lies together beyond the axis is copied as one item, at twice the speed of short runs.
    """
    size, together, step = list(x.shape), 1, 1
    best: Any = x.reshape(-1)
    offset: Any = None
    for axis in range(x.ndim - 1, 1, -1):
        first, second = _every_other(best, together)
        later: Any = (second > first).view(np.int8)
        best = np.maximum(first, second, out=first)
        if offset is None:
            offset = later if small.itemsize == 1 else later.astype(small)
        else:
            offset, there = _every_other(offset, together)
            there -= offset
            there += small.type(step)
            there *= later
            offset += there
        step *= size[axis]
        size[axis] //= 2
        together *= size[axis]
    return best.reshape(size), offset.reshape(size)


def _every_other(flat: Any, together: int) -> tuple[Any, Any]:
    """Copies of the even and the odd of the pieces of so many elements."""
    if together == 1:
        return flat[0::2].copy(), flat[1::2].copy()
    items = flat.view(_item(together * flat.itemsize))
    return items[0::2].copy().view(flat.dtype), items[1::2].copy().view(flat.dtype)


# --- Back to where they were ------------------------------------------------------------------------------------------

PLACES = 1 << 16  # results that are put at a time


def put_offsets(v: Any, offset: Any, spatial: Sizes, kernel: Sizes, how: How) -> Any:
    """Each of v to where its window's largest is; some channels at a time, whose places are the same for all."""
    shape, n, size = v.shape[:2], v.shape[0] * v.shape[1], math.prod(spatial)
    v, offset, out = v.reshape(n, -1), offset.reshape(n, -1), v.shape[2:]
    placed = np.zeros((n, size), v.dtype)
    step = max(1, PLACES // math.prod(out))
    for start in range(0, n, step):
        part = v[start : start + step]
        where = offset[start : start + step] + _windows(min(step, n), spatial, how, out)[: len(part)]
        flat = placed[start : start + step].reshape(-1)
        if are_apart(kernel, how):
            flat[where.reshape(-1)] = part.reshape(-1)
        elif v.dtype.kind == "f" and v.dtype.itemsize >= 4:
            # bincount adds in float64, several times faster than add.at
            flat[...] = np.bincount(where.reshape(-1), part.reshape(-1), flat.size)
        else:
            np.add.at(flat, where.reshape(-1), part.reshape(-1))
    return placed.reshape(*shape, *spatial)


@lru_cache(maxsize=16)
def _windows(channels: int, spatial: Sizes, how: How, out: Sizes) -> Any:
    """The place of each window's start in so many channels, one after the other."""
    size = math.prod(spatial)
    return np.arange(0, channels * size, size)[:, None] + _starts(spatial, how, out).reshape(-1)
