"""Normalisation functions: each is a standardisation over some dimensions, then a weight and a bias."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.batched import levels_of
from minitorch.core.tensor import Tensor
from minitorch.nn.functional_pad import pad
from minitorch.nn.functional_pooling import avg_pool2d, avg_pool3d
from minitorch.ops.batch_normalisation import batch_normalised, batch_scaled, centred_moments
from minitorch.ops.normalisation import group_normalised, layer_normalised, rms_normalised


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x - mean) / √(var + eps) · weight + bias for each channel of (N, C, *); see ``nn.BatchNorm1d``.

    In training, mean and variance are the batch's and the running ones are updated in place (the variance with Bessel's
    correction); otherwise they are the running ones.

    Raises:
        ValueError: one value a channel in training, or an eps that is not positive.
        RuntimeError: weights or statistics of the wrong size, or none where they are needed.
    """
    x = input.array
    if not x.size:
        return _nothing(input, weight, bias)
    channels, count = x.shape[1], x.size // x.shape[1]
    if training and count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    if eps < 0 or (training and eps == 0):
        kind = "positive during training" if training else "non-negative"
        raise ValueError(f"batch_norm eps must be {kind}, but got {eps}")
    _check_floating(input, "batch_norm")
    statistics = (("running_mean", running_mean), ("running_var", running_var))
    for name, value in (*statistics, ("weight", weight), ("bias", bias)):
        if value is not None and value.array.size != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {value.numel()}")
    if training:
        centred, mean, var = centred_moments(x)
        _move(running_mean, mean, momentum)
        _move(running_var, var, momentum, count / (count - 1))
        return batch_normalised(input, weight, bias, moments=(mean, var), eps=eps, centred=centred)
    for name, value in statistics:
        if value is None:
            raise RuntimeError(f"{name} must be defined in evaluation mode")
    assert running_mean is not None
    assert running_var is not None
    moments = running_mean.array.copy(), running_var.array.copy()  # what a later batch in training must not change
    return batch_scaled(input, weight, bias, moments=moments, eps=eps)


def _nothing(input: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """An empty input is its own normalisation; weight and bias get gradients of zero."""
    out = input.clone()
    for value in (weight, bias):
        out = out if value is None else out * value.sum()
    return out


def _move(running: Tensor | None, found: Any, momentum: float, correction: float = 1.0) -> None:
    """Move a running statistic towards what was found, in place and outside the graph."""
    if running is not None:
        if any(level not in levels_of(running.array) for level in levels_of(found)):
            raise RuntimeError(
                "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated "
                "in place, were not batched: there is room for one sample's statistics. Use track_running_stats=False, "
                "or map over the buffers too."
            )
        running.array *= 1 - momentum
        running.array += found * (momentum * correction)
        running._bump()


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """``batch_norm`` of each example by itself; running statistics move towards the mean over the batch."""
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    if not input.numel():
        return _nothing(input, weight, bias)
    if math.prod(input.shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    _check_floating(input, "instance_norm")
    axes = tuple(range(2, input.dim()))
    count = math.prod(input.shape[2:])
    if running_mean is not None:
        _move(running_mean, np.mean(input.array, axes).mean(0), momentum)
    if running_var is not None:
        _move(running_var, np.var(input.array, axes).mean(0) * (count / (count - 1)), momentum)
    return _by_place(input, count, weight, bias, eps)


def _by_place(input: Tensor, size: int, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    """Every ``size`` elements of (N, C, *) standardised, then a weight and a bias for each channel."""
    places = math.prod(input.shape[2:])
    if weight is None and bias is not None:
        return _by_place(input, size, None, None, eps) + bias.reshape((-1, *(1,) * (input.dim() - 2)))
    return group_normalised(input, weight, bias, size=size, places=places, eps=eps)  # type: ignore[no-any-return]


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x - mean) / √(var + eps) · weight + bias over the last dimensions, whose sizes are ``normalized_shape``.

    >>> import minitorch as torch
    >>> torch.nn.functional.layer_norm(torch.tensor([[1.0, 3.0]]), (2,))
    tensor([[-1.0000,  1.0000]])
    """
    size = _last_sizes("layer_norm", input, normalized_shape, weight, bias)
    _check_floating(input, "LayerNormKernelImpl")
    if weight is None and bias is not None:
        return layer_normalised(input, None, None, size=size, places=1, eps=eps) + bias  # type: ignore[no-any-return]
    return layer_normalised(input, weight, bias, size=size, places=1, eps=eps)  # type: ignore[no-any-return]


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """x / √(mean(x²) + eps) · weight over the last dimensions; eps None is the dtype's smallest step at 1."""
    size = _last_sizes("rms_norm", input, normalized_shape, weight, None)
    if eps is None:
        eps = float(np.finfo(input.array.dtype).eps)
    return rms_normalised(input, weight, size=size, eps=eps)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """(x - mean) / √(var + eps) over each group of channels of (N, C, *), then weight and bias for each channel."""
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    batch, channels, *spatial = input.shape
    if batch * channels // num_groups * math.prod(spatial) == 1:
        raise ValueError(
            "Expected more than 1 value per channel when training, got input size "
            f"{[batch * channels // num_groups, num_groups, *spatial]}"
        )
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and tuple(value.shape) != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {list(value.shape)} and input of shape {list(input.shape)}"
            )
    _check_floating(input, "GroupNormKernelImpl")
    if not input.numel():
        return _nothing(input, weight, bias)
    return _by_place(input, channels // num_groups * math.prod(spatial), weight, bias, eps)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + alpha · mean of x² over ``size`` neighbouring channels)^beta, for (N, C, *)."""
    if input.dim() < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.dim()} dimensions)")
    if input.numel() == 0:
        return input
    square = (input * input).unsqueeze(1)
    sides = (size // 2, (size - 1) // 2)
    if input.dim() == 3:
        mean = avg_pool2d(pad(square, (0, 0, *sides)), (size, 1), stride=1)
    else:
        flat = square.reshape(input.shape[0], 1, *input.shape[1:3], -1)
        mean = avg_pool3d(pad(flat, (0, 0, 0, 0, *sides)), (size, 1, 1), stride=1)
    return input / (mean.reshape(input.shape) * alpha + k).pow(beta)


# --- What they share --------------------------------------------------------------------------------------------------


def _check_floating(input: Tensor, kernel: str) -> None:
    if not input.is_floating_point():
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{input.dtype.alias}': convert it with .float()")


def _last_sizes(who: str, input: Tensor, shape: Any, weight: Tensor | None, bias: Tensor | None) -> int:
    """How many elements ``normalized_shape`` stands for, checked."""
    if isinstance(shape, int):
        raise TypeError(
            f"{who}(): argument 'normalized_shape' (position 2) must be tuple of ints, not int: use ({shape},)"
        )
    wanted = tuple(shape)
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and value.array.shape != wanted:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(value.shape)} "
                f"and normalized_shape = {list(wanted)}"
            )
    if input.array.shape[-len(wanted) :] != wanted:
        sizes = ", ".join(map(str, wanted))
        raise RuntimeError(
            f"Given normalized_shape={list(wanted)}, expected input with shape [*, {sizes}], but got input of "
            f"size{list(input.shape)}"
        )
    return math.prod(wanted)
