"""Images: moving elements between channels and space, and resizing."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.functional_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from minitorch.ops.indexing import take_fancy


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(*, C·r², H, W) to (*, C, H·r, W·r) (Shi et al. 2016).

    >>> import minitorch as torch
    >>> torch.nn.functional.pixel_shuffle(torch.arange(4).reshape(4, 1, 1), 2)
    tensor([[[0, 1],
             [2, 3]]])
    """
    r = upscale_factor
    if input.dim() < 3:
        raise RuntimeError(
            f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {input.dim()} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    *batch, c, h, w = input.shape
    if c % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={c} is not divisible by {r * r}"
        )
    parts = input.reshape(math.prod(batch), c // (r * r), r, r, h, w).permute(0, 1, 4, 2, 5, 3)
    return parts.reshape(*batch, c // (r * r), h * r, w * r)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(*, C, H·r, W·r) to (*, C·r², H, W): the reverse of ``pixel_shuffle``."""
    r = downscale_factor
    if input.dim() < 3:
        raise RuntimeError(
            f"pixel_unshuffle expects input to have at least 3 dimensions, but got input with {input.dim()} "
            "dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    *batch, c, h, w = input.shape
    for name, axis, size in (("height", -2, h), ("width", -1, w)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({axis})={size} is "
                f"not divisible by {r}"
            )
    parts = input.reshape(math.prod(batch), c, h // r, r, w // r, r).permute(0, 1, 3, 5, 2, 4)
    return parts.reshape(*batch, c * r * r, h // r, w // r)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """(N, C, *) with the channels of the groups taken in turn (Zhang et al. 2017)."""
    if input.dim() < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    n, c, *spatial = input.shape
    if c % groups:
        raise RuntimeError(f"Number of channels must be divisible by groups. Got {c} channels and {groups} groups.")
    return input.reshape(n, groups, c // groups, math.prod(spatial)).transpose(1, 2).reshape(n, c, *spatial)


# --- Resizing ---------------------------------------------------------------------------------------------------------

_LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}


def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Resize the spatial dimensions of (N, C, L), (N, C, H, W) or (N, C, D, H, W).

    Args:
        input: the tensor.
        size: the new spatial sizes, or
        scale_factor: by how much to multiply them.
        mode: "nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic" or "area".
        align_corners: for the interpolating modes: whether corner elements keep their places.
        recompute_scale_factor: compute with the ratio of the sizes, not with ``scale_factor`` itself.
        antialias: only False is supported.

    Raises:
        ValueError, NotImplementedError: settings that do not fit together or to the input.
    """
    n = input.dim() - 2
    interpolating = mode in _LINEAR or mode == "bicubic"
    if not interpolating and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    if antialias:
        raise ValueError("antialias=True is not supported: smooth with avg_pool2d before resizing instead")
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if n not in (1, 2, 3) or mode not in ("nearest", "nearest-exact", "area", "bicubic", *_LINEAR):
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.dim()}D) for the modes: nearest | "
            f"linear | bilinear | bicubic | trilinear | area | nearest-exact (got {mode})"
        )
    needed = _LINEAR.get(mode, 2 if mode == "bicubic" else n)
    if n != needed:
        raise NotImplementedError(f"Got {input.dim()}D input, but {mode} mode needs {needed + 2}D input")
    sizes, scales = _sizes(input, n, size, scale_factor, recompute_scale_factor or mode == "area")
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[n - 1](input, sizes)
    for i, (new, scale) in enumerate(zip(sizes, scales, strict=True)):
        axis = 2 + i
        old = input.shape[axis]
        if interpolating:
            weights = wrap(_weights(old, new, scale, mode == "bicubic", bool(align_corners)).astype(input.array.dtype))
            input = (input.transpose(axis, -1) @ weights).transpose(axis, -1)
        else:
            step = 1 / scale if scale else old / new
            places = np.floor((np.arange(new) + (0.5 if mode == "nearest-exact" else 0)) * np.float32(step))
            input = take_fancy(input, index=(*(slice(None),) * axis, places.astype(np.int64).clip(0, old - 1)))
    return input


def _sizes(
    input: Tensor, n: int, size: Any, scale_factor: Any, recompute: bool
) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """The new sizes, and the scale to compute with in each dimension (None: the ratio of the sizes)."""
    if size is not None:
        if recompute and scale_factor is None and not isinstance(size, int | tuple | list):
            raise TypeError(f"expected size to be one of int or Tuple[int], but got {type(size).__name__}")
        sizes = tuple(size) if isinstance(size, tuple | list) else (size,) * n
        if len(sizes) != n:
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got input with spatial "
                f"dimensions of {list(input.shape[2:])} and output size of {size}."
            )
        return tuple(int(s) for s in sizes), (None,) * n
    scales = tuple(scale_factor) if isinstance(scale_factor, tuple | list) else (scale_factor,) * n
    if len(scales) != n:
        raise ValueError(
            "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
            f"dimensions of {list(input.shape[2:])} and scale_factor of shape {scale_factor}."
        )
    new = tuple(math.floor(m * s) for m, s in zip(input.shape[2:], scales, strict=True))
    return new, (None,) * n if recompute else scales


def _weights(old: int, new: int, scale: float | None, cubic: bool, align_corners: bool) -> np.ndarray:
    """The (old, new) matrix whose product with a row is the row resized."""
    if align_corners:
        centre = np.arange(new) * ((old - 1) / (new - 1) if new > 1 else 0.0)
    else:
        centre = (np.arange(new) + 0.5) * (1 / scale if scale else old / new) - 0.5
        if not cubic:
            centre = centre.clip(0)
    first = np.floor(centre)
    t = centre - first
    matrix = np.zeros((old, new))
    for offset, weight in _cubic(t) if cubic else ((0, 1 - t), (1, t)):
        np.add.at(matrix, ((first.astype(np.int64) + offset).clip(0, old - 1), np.arange(new)), weight)
    return matrix


def _cubic(t: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Keys's cubic convolution with A = -3/4: the weights of the four nearest elements."""
    a = -0.75

    def near(x: Any) -> Any:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [(-1, far(t + 1)), (0, near(t)), (1, near(1 - t)), (2, far(2 - t))]


def upsample(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """The old name of ``interpolate``."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The old name of ``interpolate`` with mode "nearest"."""
    warnings.warn(
        "`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The old name of ``interpolate`` with mode "bilinear" and aligned corners."""
    warnings.warn(
        "`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)
