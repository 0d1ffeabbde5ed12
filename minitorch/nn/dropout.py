"""Layers that drop values at random in training, and do nothing in evaluation."""

from __future__ import annotations

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.module import Module


class _Dropout(Module):
    p: float
    inplace: bool

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Sets each value to zero with probability ``p`` and scales the others by 1/(1-p) (Hinton et al. 2012).

    >>> import minitorch as torch
    >>> torch.nn.Dropout(0.5).eval()(torch.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Any shape, which it keeps."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Drops whole channels of (N, C, L) or (C, L) with probability ``p`` (Tompson et al. 2015)."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, L) or (C, L), which it keeps."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Drops whole channels of (N, C, H, W) with probability ``p`` (Tompson et al. 2015)."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W), which it keeps."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Drops whole channels of (N, C, D, H, W) or (C, D, H, W) with probability ``p`` (Tompson et al. 2015)."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, D, H, W) or (C, D, H, W), which it keeps."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance of self-normalising activations, as SELU's (Klambauer et al. 2017)."""

    def forward(self, input: Tensor) -> Tensor:
        """Any shape, which it keeps."""
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """``AlphaDropout`` of whole channels."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *), which it keeps."""
        return F.feature_alpha_dropout(input, self.p, self.training)
