"""Values read at places between an image's elements (``grid_sample``), the places, and values put back in theirs.

A sample is a weighted sum of its neighbours: the neighbours are gathered, the weights depend on the grid, and both
gradients follow from that.
"""

from __future__ import annotations

import difflib
import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.common_types import integers
from minitorch.nn.functional_pooling import Sizes, max_pool1d, max_pool2d, max_pool3d
from minitorch.nn.functional_vision import _cubic
from minitorch.ops import pooling
from minitorch.ops.arithmetic import where

MODES = ("bilinear", "nearest", "bicubic")
PADDINGS = ("zeros", "border", "reflection")
Taps = list[tuple[Any, Any]]  # along one dimension, the neighbours of every place: their numbers and their weights


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Sample (N, C, H, W) at (N, h, w, 2) places (x, y) to (N, C, h, w); or in 3-D, with places (x, y, z).

    Args:
        input: images, or volumes (N, C, D, H, W).
        grid: places from -1, the first edge of the image, to 1, the last.
        mode: "bilinear" (trilinear in 3-D), "nearest", or "bicubic" (2-D alone).
        padding_mode: what is outside: "zeros", the nearest element of the "border", or the "reflection".
        align_corners: whether -1 and 1 are the centres of the corner elements, not their outer edges.

    Raises:
        ValueError: an unknown mode.
        RuntimeError: shapes or dtypes that do not fit.

    >>> import minitorch as torch
    >>> x = torch.tensor([[[[1.0, 3.0]]]])
    >>> torch.nn.functional.grid_sample(x, torch.zeros(1, 1, 1, 2), align_corners=False)
    tensor([[[[2.]]]])
    """
    _check_name("mode", mode, MODES)
    _check_name("padding_mode", padding_mode, PADDINGS)
    align = _aligned(align_corners)
    _check_grid(input, grid, mode)
    spatial, n = input.shape[2:], input.dim() - 2
    with np.errstate(invalid="ignore"):  # a grid may hold nan and inf
        # The grid names the last dimension's coordinate first.
        taps = [_taps(grid[..., n - 1 - d], size, mode, padding_mode, align) for d, size in enumerate(spatial)]
    channels = np.zeros((1, input.shape[1], *(1,) * n), np.int64)  # all are read at the same places
    total: Any = None
    for corner in itertools.product(*taps):
        number: Any = 0
        weight: Any = None
        outside = np.zeros((), np.bool_)
        for (place, share), size in zip(corner, spatial, strict=True):
            out = ~((place >= 0) & (place <= size - 1))
            number = number * size + np.where(out, 0, place).astype(np.int64)
            weight = share if weight is None else weight * share
            outside = outside | out
        values: Any = pooling.spatial_take(input, number[:, None] + channels)
        if raw(outside).any():
            values = where(outside[:, None], 0.0, values)
        values = values * weight.unsqueeze(1)
        total = values if total is None else total + values
    return total  # type: ignore[no-any-return]


def _taps(g: Tensor, size: int, mode: str, padding: str, align: bool) -> Taps:
    """The neighbours along one dimension of the places g, in [-1, 1]; a number outside of the dimension has none."""
    x = (g + 1) * ((size - 1) / 2) if align else (g + 1) * (size / 2) - 0.5
    if mode == "bicubic":
        first = np.floor(x.array)
        weights = _cubic(x - wrap(first))  # type: ignore[arg-type]
        return [(_inside(first + k, size, padding, align)[0], weight) for k, weight in weights]
    place, slope = _inside(x.array, size, padding, align)
    if mode == "nearest":  # a constant, with a gradient of zero
        return [(np.rint(place), where(np.zeros((), np.bool_), x, 1.0))]
    first = np.floor(place)
    kept = slope != 0
    moved = x * wrap(slope)
    t = where(kept, moved + wrap(place - moved.array), place) - wrap(first)
    return [(first, 1 - t), (first + 1, t)]


def _inside(x: Any, size: int, padding: str, align: bool) -> tuple[Any, Any]:
    """Where padding takes the places x, and the slope of that: 1, -1, or 0 at the border."""
    if padding == "zeros":
        return x, np.ones_like(x)
    slope = np.ones_like(x)
    if padding == "reflection":
        low, span = (0.0, size - 1.0) if align else (-0.5, float(size))
        if span == 0:
            return np.zeros_like(x), np.zeros_like(x)
        far = np.abs(x - low)
        turns, rest = np.floor(far / span), np.fmod(far, span)
        back = turns % 2 == 1
        slope[(x < low) != back] = -1
        x = np.where(back, span - rest, rest) + low
    slope[~((x > 0) & (x < size - 1))] = 0
    return np.fmin(np.fmax(x, 0), size - 1).astype(slope.dtype, copy=False), slope


def _check_name(name: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        near = difflib.get_close_matches(str(given), known, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        first = ", ".join(f"'{k}'" for k in known[:-1])
        comma = "," if name == "padding_mode" else ""
        raise ValueError(
            f"nn.functional.grid_sample(): expected {name} to be {first}{comma} or '{known[-1]}', but got: "
            f"'{given}'{hint}"
        )


def _aligned(align_corners: bool | None) -> bool:
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
            "specify align_corners=True if the old behavior is desired.",
            stacklevel=3,
        )
    return bool(align_corners)


def _check_grid(input: Tensor, grid: Tensor, mode: str) -> None:
    sizes = f"but got input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    if input.dim() not in (4, 5) or grid.dim() != input.dim():
        raise RuntimeError(f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, {sizes}")
    if len(input.array) != len(grid.array):
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, {sizes}")
    if grid.shape[-1] != input.dim() - 2:
        raise RuntimeError(f"grid_sampler(): expected grid to have size {input.dim() - 2} in last dimension, {sizes}")
    for d, size in enumerate(input.shape[2:], 2):
        if size == 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
                f"{list(input.shape)} with dimension {d} being empty"
            )
    if mode == "bicubic" and input.dim() != 4:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input.dtype != grid.dtype or not input.is_floating_point():
        raise RuntimeError(
            f"expected scalar type {input.dtype.alias} but found {grid.dtype.alias}: input and grid have one floating "
            "dtype"
        )


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The places at which affine maps sample images of ``size`` (N, C, H, W): (N, 2, 3) to (N, H, W, 2).

    For ``size`` (N, C, D, H, W): (N, 3, 4) to (N, D, H, W, 3). See ``grid_sample``, which takes them
    (Jaderberg et al. 2015).

    Raises:
        ValueError: a ``theta`` that does not fit, or a size that is not positive.
        NotImplementedError: ``size`` has not 4 or 5 numbers.
    """
    align = _aligned(align_corners)
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    n = len(size) - 2
    if n not in (2, 3):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. "
            f"Got size {size}."
        )
    if theta.dim() != 3 or tuple(theta.shape[1:]) != (n, n + 1):
        raise ValueError(
            f"Expected a batch of {n}D affine matrices of shape Nx{n}x{n + 1} for size {size}. Got {theta.shape}."
        )
    if align and min(size[2:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This "
            "is not an intended use case of affine_grid.",
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    if size[0] != theta.shape[0]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{size[0]}, {n + 1}] but got: "
            f"[{theta.shape[0]}, {n + 1}]."
        )
    lines = [np.linspace(-1, 1, m) * (1 if align else (m - 1) / m) if m > 1 else np.zeros(m) for m in size[2:]]
    centres = np.meshgrid(*lines, indexing="ij")[::-1]
    base = np.stack([*centres, np.ones(tuple(size[2:]))], -1).astype(theta.array.dtype).reshape(-1, n + 1)
    return (wrap(base) @ theta.mT).reshape(*size[:1], *size[2:], n)


# --- Unpooling --------------------------------------------------------------------------------------------------------


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """``max_pool1d`` that always returns where it found the values, too, whatever ``return_indices`` says."""
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)  # type: ignore[no-any-return]


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """``max_pool2d`` that always returns where it found the values, too, whatever ``return_indices`` says."""
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)  # type: ignore[no-any-return]


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """``max_pool3d`` that always returns where it found the values, too, whatever ``return_indices`` says."""
    return max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, True)  # type: ignore[no-any-return]


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """The values of (N, C, L) or (C, L) in the places ``max_pool1d`` found them in, zeros elsewhere."""
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """The values of (N, C, H, W) or (C, H, W) in the places ``max_pool2d`` found them in, zeros elsewhere.

    ``output_size`` chooses among the sizes that pool to the input's. Of values for one place, the last one stays.

    Raises:
        ValueError: an impossible ``output_size``.
        RuntimeError: indices that are not int64, of another shape, or outside of the result.

    >>> import minitorch as torch
    >>> x = torch.arange(4.0).reshape(1, 2, 2)
    >>> torch.nn.functional.max_unpool2d(*torch.nn.functional.max_pool2d(x, 2, return_indices=True), 2)
    tensor([[[0., 0.],
             [0., 3.]]])
    """
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """The values of (N, C, D, H, W) or (C, D, H, W) in the places ``max_pool3d`` found them in, zeros elsewhere."""
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)


def _max_unpool(
    n: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Tensor:
    who = f"max_unpool{n}d"
    if input.dim() not in (n + 1, n + 2):
        raise RuntimeError(
            f"Input to max_unpooling{n}d should be a {n + 1}d or {n + 2}d Tensor, but got a tensor with {input.dim()} "
            "dimensions."
        )
    kernel = integers(kernel_size, n, who, "kernel_size")
    steps = kernel if stride is None else integers(stride, n, who, "stride")
    pads = integers(padding, n, who, "padding")
    spatial = _unpooled_sizes(n, input, kernel, steps, pads, output_size)
    if indices.array.dtype != np.int64:
        raise RuntimeError(f"elements in indices should be type int64 but got: {indices.dtype.alias}")
    if indices.shape != input.shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(input.shape)}) but got indices "
            f"tensor with shape: {list(indices.shape)}"
        )
    if 0 in input.shape[input.dim() - n - 1 :]:
        raise RuntimeError(
            f"{who}: Expected input to have non-zero size for non-batch dimensions, but got {list(input.shape)}"
        )
    places, total = indices.array, math.prod(spatial)
    every = raw(places)
    if every.size and (every.min() < 0 or every.max() >= total):
        bad = every[(every < 0) | (every >= total)].flat[0]
        sizes = "x".join(map(str, spatial))
        raise RuntimeError(f"Found an invalid max index: {bad} (output volumes are of size {sizes})")
    batched = (-1, *input.shape[input.dim() - n - 1 :])
    # "Distinct" assigns where it would add: where windows overlap, one value is in several of them.
    found: Any = pooling.spatial_put(input.reshape(batched), places.reshape(batched), spatial=spatial, distinct=True)
    return found.reshape(*input.shape[:-n], *spatial)  # type: ignore[no-any-return]


def _unpooled_sizes(
    n: int, input: Tensor, kernel: Sequence[int], steps: Sequence[int], pads: Sequence[int], output_size: Any
) -> tuple[int, ...]:
    """The spatial sizes of the result: those asked for, if they pool to the input's, or the smallest usual ones."""
    usual = [(m - 1) * s + k - 2 * p for m, k, s, p in zip(input.shape[-n:], kernel, steps, pads, strict=True)]
    sizes = usual
    if output_size is not None:
        sizes = list(output_size[2:] if len(output_size) == n + 2 else output_size)
        if len(sizes) != n:
            raise ValueError(
                f"output_size should be a sequence containing {n} or {n + 2} elements, but it has a length of "
                f"'{len(sizes)}'"
            )
        for d, (size, m, s) in enumerate(zip(sizes, usual, steps, strict=True)):
            if not m - s < size < m + s:
                raise ValueError(f'invalid output_size "{output_size}" (dim {d} must be between {m - s} and {m + s})')
    for d, size in enumerate(sizes):
        if size < 0:
            raise ValueError(
                "max_unpooling: output_size must contain non-negative spatial dimensions, but got "
                f"output_size[{d}]={size}"
            )
    return tuple(sizes)
