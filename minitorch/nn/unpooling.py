"""Unpooling layers: values back to the places that a max pool took them from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.common_types import Size1, Size2, Size3, ntuple
from minitorch.nn.module import Module


class _MaxUnpoolNd(Module):
    def _set_up(self, n: int, kernel_size: Any, stride: Any, padding: Any) -> None:
        self.kernel_size = ntuple(kernel_size, n)
        self.stride = ntuple(kernel_size if stride is None else stride, n)
        self.padding = ntuple(padding, n)

    def _unpool(self, function: Any, input: Tensor, indices: Tensor, output_size: Any) -> Any:
        return function(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """The partial inverse of ``MaxPool1d``: its maxima at their places, zeros elsewhere.

    Args:
        kernel_size, stride, padding: the pool's.

    >>> import minitorch as torch
    >>> pooled, places = torch.nn.MaxPool1d(2, return_indices=True)(torch.tensor([[1.0, 3.0, 4.0, 2.0]]))
    >>> torch.nn.MaxUnpool1d(2)(pooled, places)
    tensor([[0., 3., 4., 0.]])
    """

    def __init__(self, kernel_size: Size1, stride: Size1 | None = None, padding: Size1 = 0) -> None:
        super().__init__()
        self._set_up(1, kernel_size, stride, padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """(N, C, L) or (C, L) and its indices to (N, C, L') or (C, L'); ``output_size`` chooses among possible L'."""
        return self._unpool(F.max_unpool1d, input, indices, output_size)  # type: ignore[no-any-return]


class MaxUnpool2d(_MaxUnpoolNd):
    """The partial inverse of ``MaxPool2d``; see ``MaxUnpool1d``."""

    def __init__(self, kernel_size: Size2, stride: Size2 | None = None, padding: Size2 = 0) -> None:
        super().__init__()
        self._set_up(2, kernel_size, stride, padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """(N, C, H, W) or (C, H, W) and its indices to the same with the sizes from before the pool."""
        return self._unpool(F.max_unpool2d, input, indices, output_size)  # type: ignore[no-any-return]


class MaxUnpool3d(_MaxUnpoolNd):
    """The partial inverse of ``MaxPool3d``; see ``MaxUnpool1d``."""

    def __init__(self, kernel_size: Size3, stride: Size3 | None = None, padding: Size3 = 0) -> None:
        super().__init__()
        self._set_up(3, kernel_size, stride, padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """(N, C, D, H, W) or (C, D, H, W) and its indices to the same with the sizes from before the pool."""
        return self._unpool(F.max_unpool3d, input, indices, output_size)  # type: ignore[no-any-return]
