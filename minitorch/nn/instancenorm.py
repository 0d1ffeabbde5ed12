"""Instance normalisation: each channel of each example to mean 0 and variance 1 (Ulyanov et al. 2016)."""

from __future__ import annotations

import warnings

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.batchnorm import _NormBase
from minitorch.nn.common_types import Device, DType


class _InstanceNorm(_NormBase):
    _spatial: int  # number of spatial dimensions

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Device = None,
        dtype: DType = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *) or (C, *), which it keeps."""
        n = self._spatial
        if input.dim() not in (n + 1, n + 2):
            raise ValueError(f"expected {n + 1}D or {n + 2}D input (got {input.dim()}D input)")
        axis = input.dim() - n - 1
        if input.shape[axis] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={axis} to match num_features ({self.num_features}), but got: "
                    f"{input.shape[axis]}."
                )
            warnings.warn(
                f"input's size at dim={axis} does not match num_features. You can silence this warning by not passing "
                "in "
                "num_features, which is not used because affine=False",
                stacklevel=2,
            )
        if axis == 0:
            return self._normalised(input.unsqueeze(0)).squeeze(0)
        return self._normalised(input)

    def _normalised(self, input: Tensor) -> Tensor:
        return F.instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )


class InstanceNorm1d(_InstanceNorm):
    """``BatchNorm1d`` of each example by itself: (N, C, L) or (C, L).

    >>> import minitorch as torch
    >>> torch.nn.InstanceNorm1d(1)(torch.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """

    _spatial = 1


class InstanceNorm2d(_InstanceNorm):
    """``BatchNorm2d`` of each example by itself: (N, C, H, W) or (C, H, W)."""

    _spatial = 2


class InstanceNorm3d(_InstanceNorm):
    """``BatchNorm3d`` of each example by itself: (N, C, D, H, W) or (C, D, H, W)."""

    _spatial = 3
