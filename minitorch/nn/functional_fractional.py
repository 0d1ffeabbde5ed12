"""Fractional max pooling (Graham 2014): windows whose starts are drawn, so that sizes shrink by any factor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.tensor import Array, Tensor, wrap
from minitorch.nn.common_types import integers, ntuple
from minitorch.ops import pooling
from minitorch.ops.random import rand

Sizes = int | Sequence[int]
Ratio = float | Sequence[float]


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """``fractional_max_pool2d`` and, whatever ``return_indices`` says, where in H·W the largest values are."""
    return _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """``fractional_max_pool3d`` and, whatever ``return_indices`` says, where in D·H·W the largest values are."""
    return _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest values of windows at drawn places of (N, C, H, W) or (C, H, W).

    Args:
        input: floating numbers.
        kernel_size: size of the windows.
        output_size: the result's H and W; or
        output_ratio: what to multiply the input's by.
        return_indices: also return where in H·W the values are.
        _random_samples: (N, C, 2), numbers from [0, 1) in the place of drawn ones: for W, then for H.

    Raises:
        ValueError: neither a size nor a ratio.
        RuntimeError: an input without room for the windows.
    """
    found = _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The same for (N, C, D, H, W) or (C, D, H, W); ``_random_samples`` (N, C, 3) are for D, H and W."""
    found = _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]


def _fractional(
    n: int, input: Tensor, kernel_size: Sizes, output_size: Any, output_ratio: Any, samples: Tensor | None
) -> tuple[Tensor, Tensor]:
    who = f"fractional_max_pool{n}d"
    if output_size is None:
        if output_ratio is None:
            raise ValueError(f"{who} requires specifying either an output_size or an output_ratio")
        ratios = ntuple(output_ratio, n)
        if len(ratios) > n:
            raise ValueError(f"{who} requires output_ratio to either be a single Int or tuple of Ints, got {ratios}")
        output_size = [int(m * ratio) for m, ratio in zip(input.shape[-n:], ratios)]
    if input.dim() not in (n + 1, n + 2):
        raise RuntimeError(f"{who}(): Expected {n + 1}D or {n + 2}D tensor, but got: {list(input.shape)}")
    x = input if input.dim() == n + 2 else input.unsqueeze(0)
    if samples is None:
        samples = rand(x.shape[0], x.shape[1], n, dtype=x.dtype)
    kernel = integers(kernel_size, n, who, "kernel_size")
    out = integers(output_size, n, who, "output_size")
    spatial = x.shape[2:]
    _check(who, x, kernel, out, samples)
    order = (1, 0) if n == 2 else (0, 1, 2)  # which of the samples is for which dimension
    starts = [_starts(samples.array[..., j], m, o, k) for j, m, o, k in zip(order, spatial, out, kernel, strict=True)]
    indices = _largest(x.array, starts, kernel, out)
    found = pooling.spatial_take(x, wrap(indices)), wrap(indices)
    return found if x is input else (found[0].squeeze(0), found[1].squeeze(0))


def _check(who: str, x: Tensor, kernel: Sequence[int], out: Sequence[int], samples: Tensor) -> None:
    names = ("time", "height", "width")[-len(kernel) :]
    for name, m, k, o in zip(names, x.shape[2:], kernel, out, strict=True):
        if k < 1 or o + k - 1 > m:
            raise RuntimeError(
                f"{who}(): pool {name} {k} too large relative to input {name} {m}, for {o} windows: they need "
                f"{o + k - 1} elements"
            )
    expected = (*x.shape[:2], len(kernel))
    if samples.dim() != 3 or samples.shape[0] < expected[0] or tuple(samples.shape[1:]) != expected[1:]:
        raise RuntimeError(f"Expect _random_samples to be of shape {expected}, got {tuple(samples.shape)}")
    if samples.dtype != x.dtype:
        raise RuntimeError(f"Expect _random_samples to have the same dtype as input, got {samples.dtype}, {x.dtype}")


def _starts(u: Array, size: int, out: int, kernel: int) -> Array:
    """Where the windows begin, (N, C, out): ⌊α(i + u)⌋ - ⌊αu⌋; the last one ends with the input."""
    if out == 1:
        return np.full((*u.shape, 1), size - kernel)
    u = u[..., None]
    alpha = u.dtype.type((size - kernel) / (out - 1))
    found: Array = ((np.arange(out, dtype=u.dtype) + u) * alpha).astype(np.int64) - (u * alpha).astype(np.int64)
    found[..., -1] = size - kernel
    return found


def _largest(x: Array, starts: list[Array], kernel: Sequence[int], out: Sequence[int]) -> Array:
    """The flat place of each window's largest value (the first of equal ones): (N, C, *out)."""
    n = len(kernel)
    flat = np.zeros((*x.shape[:2], *(1,) * (2 * n)), np.int64)
    for d, (start, k) in enumerate(zip(starts, kernel, strict=True)):  # axes: N, C, windows, places in a window
        places = (start[..., None] + np.arange(k)).reshape(*x.shape[:2], *_at(n, d, start.shape[-1]), *_at(n, d, k))
        flat = flat * x.shape[2 + d] + places
    flat = flat.reshape(*x.shape[:2], math.prod(out), math.prod(kernel))
    values = np.take_along_axis(x.reshape(*x.shape[:2], 1, -1), flat, 3)
    best = values.argmax(3)[..., None]  # NumPy's argmax takes a NaN for the largest, as PyTorch does
    return np.take_along_axis(flat, best, 3).reshape(*x.shape[:2], *out)


def _at(n: int, d: int, size: int) -> tuple[int, ...]:
    return tuple(size if axis == d else 1 for axis in range(n))
