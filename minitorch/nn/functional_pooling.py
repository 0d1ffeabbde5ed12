"""Pooling functions: the largest, the mean or the p-norm of each window, in one to three dimensions."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.batched import blank
from minitorch.core.batched_indexing import read
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.common_types import integers
from minitorch.ops import pooling
from minitorch.ops.convolution_layouts import How

Sizes = int | tuple[int, ...]
Output = Any  # a Tensor, or with return_indices the pair of values and positions


def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Output:
    """The largest value of each window of (N, C, L) or (C, L); see ``nn.MaxPool1d``."""
    return _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Output:
    """The largest value of each window of (N, C, H, W) or (C, H, W), and its place in the flat H·W.

    >>> import minitorch as torch
    >>> torch.nn.functional.max_pool2d(torch.arange(4.0).reshape(1, 2, 2), 2, return_indices=True)
    (tensor([[[3.]]]), tensor([[[3]]]))
    """
    return _max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Output:
    """The largest value of each window of (N, C, D, H, W) or (C, D, H, W)."""
    return _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def avg_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window of (N, C, L) or (C, L); see ``nn.AvgPool1d``."""
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of (N, C, H, W) or (C, H, W)."""
    return _avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of (N, C, D, H, W) or (C, D, H, W)."""
    return _avg_pool(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def lp_pool1d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """(Σ x^p)^(1/p) of each window of (N, C, L) or (C, L), p = ``norm_type``."""
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """(Σ x^p)^(1/p) of each window of (N, C, H, W) or (C, H, W), p = ``norm_type``."""
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """(Σ x^p)^(1/p) of each window of (N, C, D, H, W) or (C, D, H, W), p = ``norm_type``."""
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


# --- How they are made ------------------------------------------------------------------------------------------------


def _settings(
    who: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Tensor, tuple[int, ...], How, tuple[int, ...]]:
    """The input with a batch dimension, the kernel, how it moves, and the sizes of the result; checked."""
    shape = input.array.shape
    moves = [tuple(m) if m.__class__ is list else m for m in (kernel_size, stride, padding, dilation)]
    kernel, how, out = _moves(who, n, shape, *moves, ceil_mode)
    return input if len(shape) == n + 2 else input.unsqueeze(0), kernel, how, out


@lru_cache(maxsize=256)  # a network calls it with the same few sizes again and again
def _moves(
    who: str, n: int, shape: tuple[int, ...], kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil: bool
) -> tuple[tuple[int, ...], How, tuple[int, ...]]:
    """The kernel, how it moves over an input of this shape, and the sizes of the result."""
    if len(shape) not in (n + 1, n + 2):
        raise RuntimeError(
            f"{who}: Expected {n + 1}D or {n + 2}D (batch mode) tensor for input, but got: {list(shape)}"
        )
    kernel = integers(kernel_size, n, who, "kernel_size")
    steps = kernel if stride is None or stride == () else integers(stride, n, who, "stride")
    how = (steps, integers(padding, n, who, "padding"), integers(dilation, n, who, "dilation"), 1)
    return kernel, how, _out_sizes(shape[-n - 1 :], kernel, how, ceil)


def _out_sizes(shape: tuple[int, ...], kernel: tuple[int, ...], how: How, ceil_mode: bool) -> tuple[int, ...]:
    """The spatial sizes of the result for an input (C, spatial...); raises for what no pool can work on."""
    steps, pads, dilations, _ = how
    if min(kernel) < 1:
        raise RuntimeError(f"kernel size should be greater than zero, but got {list(kernel)}")
    if min(steps) < 1:
        raise RuntimeError(f"stride should not be zero, got {list(steps)}")
    if min(dilations) < 1:
        raise RuntimeError(f"dilation should be greater than zero, but got {list(dilations)}")
    out = []
    for m, k, s, p, d in zip(shape[1:], kernel, steps, pads, dilations, strict=True):
        reach = d * (k - 1) + 1
        if p < 0 or p > reach // 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and "
                f"dilation={d}"
            )
        size = (m + 2 * p - reach + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (size - 1) * s >= m + p:
            size -= 1  # a window must begin inside, or in the padding on the left
        out.append(size)
    if min(out) < 1:
        sizes, found = ("x".join(map(str, s)) for s in (shape, [shape[0], *out]))
        raise RuntimeError(f"Given input size: ({sizes}). Calculated output size: ({found}). Output size is too small")
    return tuple(out)


def _max_pool(
    n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool, indices: bool
) -> Any:
    if 0 in input.array.shape[-n - 1 :]:
        raise RuntimeError(
            f"max_pool{n}d: Expected {n + 1}D or {n + 2}D (batch mode) tensor with optional 0 dim batch size for "
            f"input, but got: {list(input.shape)}, which has no elements to choose from"
        )
    x, kernel, how, out = _settings(f"max_pool{n}d", n, input, kernel_size, stride, padding, dilation, ceil_mode)
    if not indices:
        largest = pooling.window_largest(x, kernel=kernel, how=how, sizes=out)
        return largest if x is input else largest.squeeze(0)
    found: Any = pooling.window_max(x, kernel=kernel, how=how, out=out)
    return found if x is input else tuple(part.squeeze(0) for part in found)


def _avg_pool(
    n: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    x, kernel, how, out = _settings(f"avg_pool{n}d", n, input, kernel_size, stride, padding, 1, ceil_mode)
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    divisor = divisor_override or _counts(x, kernel, how, out, count_include_pad)
    mean: Tensor = pooling.window_mean(x, kernel=kernel, how=how, out=out, divisor=divisor)
    if input.array.dtype.kind in "iu":  # whole numbers stay whole: the quotient without what is behind the point
        mean = mean.trunc().to(input.dtype)
    return mean if x is input else mean.squeeze(0)


def _counts(x: Tensor, kernel: tuple[int, ...], how: How, out: tuple[int, ...], include_pad: bool) -> Any:
    """How many elements each window's sum is divided by: a number, or an array if they differ."""
    counts: Any = 1
    for i, (size, k, s, p, m) in enumerate(zip(out, kernel, how[0], how[1], x.shape[2:], strict=True)):
        start = np.arange(size) * s - p
        stop = np.minimum(start + k, m + p if include_pad else m)
        lengths = stop - (start if include_pad else start.clip(0))
        counts = counts * lengths.reshape([-1 if j == i else 1 for j in range(len(out))])
    first = int(counts.flat[0])
    return first if (counts == first).all() else counts.astype(x.array.dtype)


def _lp_pool(n: int, input: Tensor, p: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Tensor:
    if math.isinf(p):
        sign = 1 if p > 0 else -1
        return _max_pool(n, input.abs() * sign, kernel_size, stride, 0, 1, ceil_mode, False) * sign  # type: ignore[no-any-return]
    mean = _avg_pool(n, input.pow(p), kernel_size, stride, 0, ceil_mode, True, None)
    count = math.prod(integers(kernel_size, n, f"lp_pool{n}d", "kernel_size"))
    # A sum below zero counts as zero, as it may be for odd p.
    return (mean.sign() * mean.abs().relu() * count).pow(1.0 / p)


# --- Windows that together cover the input ----------------------------------------------------------------------------


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of ``output_size`` windows that together cover (N, C, L) or (C, L)."""
    return _adaptive_avg(1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that together cover (N, C, H, W) or (C, H, W); None keeps a dimension's size."""
    return _adaptive_avg(2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that together cover (N, C, D, H, W) or (C, D, H, W); None keeps a dimension's size."""
    return _adaptive_avg(3, input, output_size)


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Output:
    """The largest values of ``output_size`` windows that together cover (N, C, L) or (C, L)."""
    return _adaptive_max(1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Output:
    """The largest values of windows that together cover (N, C, H, W) or (C, H, W)."""
    return _adaptive_max(2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Output:
    """The largest values of windows that together cover (N, C, D, H, W) or (C, D, H, W)."""
    return _adaptive_max(3, input, output_size, return_indices)


def _adaptive_sizes(who: str, n: int, input: Tensor, output_size: Any) -> tuple[int, ...]:
    if isinstance(output_size, tuple | list) and input.dim() <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}, got {list(input.shape)}")
    if input.dim() not in (n + 1, n + 2):
        raise RuntimeError(f"{who}(): Expected {n + 1}D or {n + 2}D tensor, but got {list(input.shape)}")
    asked = output_size if isinstance(output_size, tuple | list) else (output_size,) * n
    if len(asked) != n:
        raise RuntimeError(f"{who}: output_size must be {n}, got {len(asked)} sizes")
    sizes = tuple(m if size is None else int(size) for size, m in zip(asked, input.shape[-n:], strict=True))
    if 0 in input.array.shape[-n:]:
        raise RuntimeError(
            f"{who}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
            f"{list(input.shape)}"
        )
    if min(sizes) < 0:
        raise RuntimeError(
            f"{who}: elements of output_size must be greater than or equal to 0 but received {list(sizes)}"
        )
    return sizes


def _edges(size: int, out: int) -> list[tuple[int, int]]:
    """Where each of ``out`` windows over ``size`` elements begins and ends; they overlap if they must."""
    return [(i * size // out, -(-(i + 1) * size // out)) for i in range(out)]


def _adaptive_avg(n: int, input: Tensor, output_size: Any) -> Tensor:
    who = f"adaptive_avg_pool{n}d"
    sizes = _adaptive_sizes(who, n, input, output_size)
    spatial = input.shape[-n:]
    if all(out and m % out == 0 for m, out in zip(spatial, sizes, strict=True)):
        kernel = tuple(m // out for m, out in zip(spatial, sizes, strict=True))
        return _avg_pool(n, input, kernel, None, 0, False, True, None)
    # Uneven windows: along each dimension the means are a matrix product.
    for i, (m, out) in enumerate(zip(spatial, sizes, strict=True)):
        average = np.zeros((m, out), input.array.dtype)
        for j, (start, stop) in enumerate(_edges(m, out)):
            average[start:stop, j] = 1 / (stop - start)
        axis = input.dim() - n + i
        input = (input.transpose(axis, -1) @ wrap(average)).transpose(axis, -1)
    return input


def _adaptive_max(n: int, input: Tensor, output_size: Any, return_indices: bool) -> Any:
    sizes = _adaptive_sizes(f"adaptive_max_pool{n}d", n, input, output_size)
    x = input if input.dim() == n + 2 else input.unsqueeze(0)
    batch, spatial = x.shape[:2], x.shape[2:]
    places = np.arange(math.prod(spatial)).reshape(spatial)
    indices = blank((*batch, *sizes), x.array).astype(np.int64)
    edges = [_edges(m, out) for m, out in zip(spatial, sizes, strict=True)]
    for cell in np.ndindex(*sizes):
        window = tuple(slice(*edges[d][i]) for d, i in enumerate(cell))
        inside: Any = (..., *window)
        there = places[window].reshape(-1)
        indices[:, :, *cell] = read(there, x.array[inside].reshape(*batch, there.size).argmax(-1))
    values = pooling.spatial_take(x, indices)
    found = (values, wrap(indices))
    if x is not input:
        found = (values.squeeze(0), found[1].squeeze(0))
    return found if return_indices else found[0]
