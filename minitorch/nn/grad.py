"""``nn.grad``: the gradients of convolutions, of the input and of the weight, as functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.autograd import grad
from minitorch.core.mode import enable_grad, is_grad_enabled
from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.parameter import empty

Sizes = Any  # a number, or one for each dimension


def conv1d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv1d`` with respect to its input of shape ``input_size``, for the result's gradient.

    >>> import minitorch as torch
    >>> torch.nn.grad.conv1d_input((1, 1, 3), torch.ones(1, 1, 2), torch.ones(1, 1, 2))
    tensor([[[1., 2., 1.]]])
    """
    return _of_input(F.conv1d, input_size, weight, grad_output, (stride, padding, dilation, groups))


def conv1d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv1d`` with respect to its weight of shape ``weight_size``."""
    return _of_weight(F.conv1d, input, weight_size, grad_output, (stride, padding, dilation, groups))


def conv2d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv2d`` with respect to its input of shape ``input_size``."""
    return _of_input(F.conv2d, input_size, weight, grad_output, (stride, padding, dilation, groups))


def conv2d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv2d`` with respect to its weight of shape ``weight_size``."""
    return _of_weight(F.conv2d, input, weight_size, grad_output, (stride, padding, dilation, groups))


def conv3d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv3d`` with respect to its input of shape ``input_size``."""
    return _of_input(F.conv3d, input_size, weight, grad_output, (stride, padding, dilation, groups))


def conv3d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv3d`` with respect to its weight of shape ``weight_size``."""
    return _of_weight(F.conv3d, input, weight_size, grad_output, (stride, padding, dilation, groups))


def _of_input(conv: Any, size: Sequence[int], weight: Tensor, g: Tensor, how: tuple[Any, ...]) -> Tensor:
    recorded = is_grad_enabled() and (weight.requires_grad or g.requires_grad)
    with enable_grad():
        # The map is linear, so that it does not matter where it is differentiated.
        x = empty(*size, dtype=weight.dtype).zero_().requires_grad_()
        return grad(conv(x, weight, None, *how), x, g, create_graph=recorded)[0]


def _of_weight(conv: Any, x: Tensor, size: Sequence[int], g: Tensor, how: tuple[Any, ...]) -> Tensor:
    recorded = is_grad_enabled() and (x.requires_grad or g.requires_grad)
    with enable_grad():
        weight = empty(*size, dtype=x.dtype).zero_().requires_grad_()
        return grad(conv(x, weight, None, *how), weight, g, create_graph=recorded)[0]
