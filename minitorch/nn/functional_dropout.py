"""Dropout functions. A mask is drawn as PyTorch draws it: the same seed drops the same elements."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from minitorch.core.generator import default_generator
from minitorch.core.inplace import apply_
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.watch import tell, watchers
from minitorch.ops.random import masked_scale, slowest_first

# SELU's value for -∞, negated, as PyTorch rounds it: what alpha dropout sets dropped elements to.
ALPHA = 1.7580993408473766


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set each element to 0 with probability ``p`` and scale the others by 1/(1-p); the input itself if not training.

    >>> import minitorch as torch
    >>> torch.nn.functional.dropout(torch.ones(2), p=1.0)
    tensor([0., 0.])
    """
    _check_probability(p)
    if _nothing_to_do(input, p, training):
        return input
    return _scaled(input, _kept(input.array, input.shape, p) / _keep(p, input), inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, L) or (C, L)."""
    _check_probability(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    return _drop_channels(input, p, training, inplace, batched=input.dim() == 3)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, H, W); a 3-D input counts as (N, C, L)."""
    _check_probability(p)
    if input.dim() == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. To maintain the 1D channel-wise "
            "dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    elif input.dim() != 4:
        _warn_dims("dropout2d", input.dim(), 2)
    return _drop_channels(input, p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, D, H, W) or (C, D, H, W)."""
    _check_probability(p)
    if input.dim() not in (4, 5):
        _warn_dims("dropout3d", input.dim(), 3)
    return _drop_channels(input, p, training, inplace, batched=input.dim() == 5)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean 0 and variance 1: dropped elements become SELU's lowest value (Klambauer et al. 2017)."""
    _check_probability(p)
    if _nothing_to_do(input, p, training):
        return input
    return _alpha(input, _kept(input.array, input.shape, p), p, inplace)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """``alpha_dropout`` of whole channels of (N, C, *)."""
    _check_probability(p)
    if _nothing_to_do(input, p, training):
        return input
    return _alpha(input, _channel_mask(input, p), p, inplace)


def _drop_channels(input: Tensor, p: float, training: bool, inplace: bool, batched: bool = True) -> Tensor:
    if not batched:
        return _drop_channels(input.unsqueeze(0), p, training, inplace).squeeze(0)
    if _nothing_to_do(input, p, training):
        return input
    return _scaled(input, _channel_mask(input, p) / _keep(p, input), inplace)


def _check_probability(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _warn_dims(name: str, ndim: int, spatial: int) -> None:
    warnings.warn(
        f"{name}: Received a {ndim}-D input to {name}, which is deprecated and will result in an error in a future "
        "release. To retain the behavior and silence this warning, please use dropout instead. Note that "
        f"{name} exists to provide channel-wise dropout on inputs with {spatial} spatial dimensions, a channel "
        "dimension, and an optional batch dimension.",
        stacklevel=3,
    )


def _nothing_to_do(input: Tensor, p: float, training: bool) -> bool:
    if p == 0 or not training or input.array.size == 0:
        return True
    if watchers:
        tell("dropped", p)
    return False


def _keep(p: float, input: Tensor) -> Any:
    """What the mask is divided by; 1 where all is dropped, so that the result is 0 and not NaN."""
    return input.array.dtype.type(1 - p if p < 1 else 1)


def _kept(x: Any, shape: tuple[int, ...], p: float) -> Any:
    """1 where an element is kept, else 0, in ``x``'s dtype, drawn in the order in which ``x`` lies in memory."""
    drawn = default_generator.bernoulli(1 - p, math.prod(shape)) if p < 1 else np.zeros(math.prod(shape))
    mask = drawn.astype(x.dtype)
    if x.flags.c_contiguous:
        return mask.reshape(shape)
    order = slowest_first(x)
    back = sorted(range(x.ndim), key=order.__getitem__)
    return mask.reshape([shape[d] for d in order]).transpose(back)


def _channel_mask(input: Tensor, p: float) -> Any:
    if input.dim() < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got {input.dim()}")
    shape = (*input.shape[:2], *(1,) * (input.dim() - 2))
    return _kept(np.empty(shape, input.array.dtype), shape, p)


def _scaled(input: Tensor, factor: Any, inplace: bool) -> Tensor:
    if inplace:
        return apply_(masked_scale, input, mask=factor)
    return masked_scale(input, mask=factor)


def _alpha(input: Tensor, kept: Any, p: float, inplace: bool) -> Tensor:
    if p == 1:
        return _scaled(input, kept, inplace)
    a = 1 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    shift = (kept - 1) * (ALPHA * a) + ALPHA * a * p
    out = _scaled(input, kept * a, inplace)
    return out.add_(wrap(shift)) if inplace else out + wrap(shift)
