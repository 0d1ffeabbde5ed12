"""Lazy batch and instance normalisation: they take ``num_features`` from their first input."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, _BatchNorm, _NormBase
from minitorch.nn.common_types import Device, DType
from minitorch.nn.instancenorm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, _InstanceNorm
from minitorch.nn.lazy import LazyModuleMixin
from minitorch.nn.parameter import UninitializedBuffer, UninitializedParameter


class _LazyNormBase(LazyModuleMixin, _NormBase):
    weight: Any
    bias: Any
    running_mean: Any
    running_var: Any

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Device = None,
        dtype: DType = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype, bias=False)
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = wrap(np.array(0))

    def reset_parameters(self) -> None:
        """Weight 1, bias 0 and no statistics, once there are some."""
        if not self.has_uninitialized_params() and self.num_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take the input's number of channels."""
        if not self.has_uninitialized_params():
            return
        self.num_features = input.shape[1]
        for tensor in (self.weight, self.bias, self.running_mean, self.running_var):
            if tensor is not None:
                tensor.materialize((self.num_features,))
        self.reset_parameters()


class LazyBatchNorm1d(_LazyNormBase, _BatchNorm):
    """A ``BatchNorm1d`` whose ``num_features`` is the first input's; it is one after that.

    >>> import minitorch as torch
    >>> layer = torch.nn.LazyBatchNorm1d()
    >>> layer(torch.zeros(2, 4)).shape, layer.num_features
    (torch.Size([2, 4]), 4)
    """

    cls_to_become = BatchNorm1d
    _dims = BatchNorm1d._dims


class LazyBatchNorm2d(_LazyNormBase, _BatchNorm):
    """A ``BatchNorm2d`` whose ``num_features`` is the first input's; see ``LazyBatchNorm1d``."""

    cls_to_become = BatchNorm2d
    _dims = BatchNorm2d._dims


class LazyBatchNorm3d(_LazyNormBase, _BatchNorm):
    """A ``BatchNorm3d`` whose ``num_features`` is the first input's; see ``LazyBatchNorm1d``."""

    cls_to_become = BatchNorm3d
    _dims = BatchNorm3d._dims


class LazyInstanceNorm1d(_LazyNormBase, _InstanceNorm):
    """A ``InstanceNorm1d`` whose ``num_features`` is the first input's; see ``LazyBatchNorm1d``."""

    cls_to_become = InstanceNorm1d
    _spatial = InstanceNorm1d._spatial


class LazyInstanceNorm2d(_LazyNormBase, _InstanceNorm):
    """A ``InstanceNorm2d`` whose ``num_features`` is the first input's; see ``LazyBatchNorm1d``."""

    cls_to_become = InstanceNorm2d
    _spatial = InstanceNorm2d._spatial


class LazyInstanceNorm3d(_LazyNormBase, _InstanceNorm):
    """A ``InstanceNorm3d`` whose ``num_features`` is the first input's; see ``LazyBatchNorm1d``."""

    cls_to_become = InstanceNorm3d
    _spatial = InstanceNorm3d._spatial
