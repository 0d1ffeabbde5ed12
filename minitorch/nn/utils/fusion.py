"""Fusion for evaluation: a batch norm's scale and shift moved into the convolution or linear layer before it."""

from __future__ import annotations

import copy
from typing import TypeVar

from minitorch.core.tensor import Tensor
from minitorch.nn.batchnorm import _BatchNorm
from minitorch.nn.conv import _ConvNd
from minitorch.nn.linear import Linear
from minitorch.nn.parameter import Parameter

Conv = TypeVar("Conv", bound=_ConvNd)
Affine = TypeVar("Affine", bound=Linear)


def fuse_conv_bn_eval(conv: Conv, bn: _BatchNorm, transpose: bool = False) -> Conv:
    """A convolution that computes ``bn(conv(x))``, both in evaluation mode.

    Args:
        conv: is copied.
        bn: has running statistics.
        transpose: it is a transposed convolution.

    Raises:
        AssertionError: one of them in training mode, or no running statistics.

    >>> import minitorch as torch
    >>> conv, bn = torch.nn.Conv1d(2, 3, 2).eval(), torch.nn.BatchNorm1d(3).eval()
    >>> fused = torch.nn.utils.fuse_conv_bn_eval(conv, bn)
    >>> x = torch.ones(1, 2, 4)
    >>> bool((fused(x) - bn(conv(x))).abs().max() < 1e-6)
    True
    """
    fused = copy.deepcopy(conv)
    mean, var = _statistics(conv, bn)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, mean, var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """The weight and bias of a convolution followed by a batch norm with these statistics, weight and bias."""
    scale = (bn_rv + bn_eps).rsqrt()
    factor = scale if bn_w is None else bn_w * scale
    shape = [1, -1] if transpose else [-1, 1]
    weight = (conv_w * factor.reshape(shape + [1] * (conv_w.dim() - 2))).to(conv_w.dtype)
    shift = (-bn_rm if conv_b is None else conv_b - bn_rm) * factor
    bias = (shift if bn_b is None else shift + bn_b).to(conv_w.dtype if conv_b is None else conv_b.dtype)
    trained = conv_b is not None and conv_b.requires_grad
    return Parameter(weight.detach(), conv_w.requires_grad), Parameter(bias.detach(), trained)


def fuse_linear_bn_eval(linear: Affine, bn: _BatchNorm) -> Affine:
    """A linear layer that computes ``bn(linear(x))``, both in evaluation mode.

    Raises:
        AssertionError: one of them in training mode, other numbers of features, or no running statistics.
    """
    fused = copy.deepcopy(linear)
    mean, var = _statistics(linear, bn)
    if bn.num_features not in (linear.out_features, 1):
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    fused.weight, fused.bias = fuse_linear_bn_weights(fused.weight, fused.bias, mean, var, bn.eps, bn.weight, bn.bias)
    return fused


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:
    """The weight and bias of a linear layer followed by a batch norm with these statistics, weight and bias."""
    return fuse_conv_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)


def _statistics(layer: _ConvNd | Linear, bn: _BatchNorm) -> tuple[Tensor, Tensor]:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval! Call .eval() on both layers first")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    return bn.running_mean, bn.running_var
