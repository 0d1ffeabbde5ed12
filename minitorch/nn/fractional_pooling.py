"""Pooling layers whose windows are drawn: ``FractionalMaxPool2d`` and ``FractionalMaxPool3d`` (Graham 2014)."""

from __future__ import annotations

from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.common_types import Size2, Size3, ntuple
from minitorch.nn.module import Module


class _FractionalMaxPoolNd(Module):
    _random_samples: Tensor | None

    def _set_up(
        self, n: int, kernel_size: Any, output_size: Any, output_ratio: Any, return_indices: bool, samples: Any
    ) -> None:
        name = type(self).__name__
        self.kernel_size = ntuple(kernel_size, n)
        if n == 3 and min(self.kernel_size) <= 0:
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", samples)
        self.output_size = None if output_size is None else ntuple(output_size, n)
        self.output_ratio: tuple[Any, ...] | None = None if output_ratio is None else ntuple(output_ratio, n)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError(f"only one of output_size and output_ratio may be specified, got {output_size} and "
                             f"{output_ratio}")  # fmt: skip
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def _pool(self, function: Any, input: Tensor) -> Any:
        return function(
            input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, self._random_samples
        )


class FractionalMaxPool2d(_FractionalMaxPoolNd):
    """The largest values of windows at drawn places of (N, C, H, W) or (C, H, W).

    Args:
        kernel_size: size of the windows.
        output_size: the result's H and W; or
        output_ratio: what to multiply the input's by, between 0 and 1.
        return_indices: also return where in H·W the values are.
        _random_samples: (N, C, 2), numbers from [0, 1) in the place of drawn ones.

    Raises:
        ValueError: not one of ``output_size`` and ``output_ratio``, or a ratio out of its range.

    >>> import minitorch as torch
    >>> torch.nn.FractionalMaxPool2d(2, output_ratio=0.6)(torch.zeros(1, 3, 10, 20)).shape
    torch.Size([1, 3, 6, 12])
    """

    def __init__(
        self,
        kernel_size: Size2,
        output_size: Size2 | None = None,
        output_ratio: float | tuple[float, float] | None = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        self._set_up(2, kernel_size, output_size, output_ratio, return_indices, _random_samples)

    def forward(self, input: Tensor) -> Any:
        """(N, C, H, W) or (C, H, W) to the same with the new sizes; the indices too if asked for."""
        return self._pool(F.fractional_max_pool2d, input)


class FractionalMaxPool3d(_FractionalMaxPoolNd):
    """``FractionalMaxPool2d`` for (N, C, D, H, W) or (C, D, H, W)."""

    def __init__(
        self,
        kernel_size: Size3,
        output_size: Size3 | None = None,
        output_ratio: float | tuple[float, float, float] | None = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        self._set_up(3, kernel_size, output_size, output_ratio, return_indices, _random_samples)

    def forward(self, input: Tensor) -> Any:
        """(N, C, D, H, W) or (C, D, H, W) to the same with the new sizes; the indices too if asked for."""
        return self._pool(F.fractional_max_pool3d, input)
