"""Functions of elsewhere with another layout or another result: pools with their indices, ``conv_tbc``."""

from __future__ import annotations

from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.functional_conv import conv1d
from minitorch.nn.functional_pooling import adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d
from minitorch.nn.functional_vision import channel_shuffle


def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """``adaptive_max_pool1d``, always with the places of the values."""
    return adaptive_max_pool1d(input, output_size, True)


def adaptive_max_pool2d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """``adaptive_max_pool2d``, always with the places of the values."""
    return adaptive_max_pool2d(input, output_size, True)


def adaptive_max_pool3d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """``adaptive_max_pool3d``, always with the places of the values."""
    return adaptive_max_pool3d(input, output_size, True)


def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """``conv1d`` of (T, N, C_in) with a weight (K, C_in, C_out) and a bias (C_out): (T', N, C_out).

    Raises:
        RuntimeError: inputs of other numbers of dimensions.
    """
    for name, x, n in (("input", input, 3), ("weight", weight, 3), ("bias", bias, 1)):
        if x.dim() != n:
            raise RuntimeError(f"{name.capitalize()} must have {n} dims, got {x.dim()}: conv_tbc takes an input of "
                               "time, batch, in_channels, a weight of kernel, in, out channels and a bias")  # fmt: skip
    return conv1d(input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, padding=pad).permute(2, 0, 1)


def native_channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Another name of ``channel_shuffle``."""
    return channel_shuffle(input, groups)
