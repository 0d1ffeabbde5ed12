"""Transposed convolution layers in one to three dimensions: the adjoints of those in ``conv.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.common_types import Device, DType, PaddingMode, Size1, Size2, Size3, ntuple
from minitorch.nn.conv import _ConvNd


class _ConvTransposeNd(_ConvNd):
    def _transpose(self, function: Any, input: Tensor, output_size: Sequence[int] | None) -> Any:
        extra = self.output_padding if output_size is None else self._output_padding(input, output_size)
        return function(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _output_padding(self, input: Tensor, output_size: Sequence[int]) -> tuple[int, ...]:
        """How much to add on the right for the output to have the given spatial sizes."""
        n = len(self.kernel_size)
        wanted = tuple(output_size)[-n:]
        if len(output_size) not in (n, input.dim()):
            raise ValueError(
                f"ConvTranspose{n}D: for {input.dim()}D input, output_size must have {n} or {input.dim()} elements "
                f"(got {len(output_size)})"
            )
        padding = ntuple(self.padding, n)
        extra = []
        for i, size in enumerate(wanted):
            least = (
                (input.shape[input.dim() - n + i] - 1) * self.stride[i]
                - 2 * padding[i]
                + self.dilation[i] * (self.kernel_size[i] - 1)
                + 1
            )
            if not least <= size <= least + self.stride[i] - 1:
                raise ValueError(
                    f"requested an output size of {list(wanted)}, but valid sizes of dimension {i} range from {least} "
                    f"to {least + self.stride[i] - 1} (for an input of {list(input.shape[-n:])})"
                )
            extra.append(size - least)
        return tuple(extra)


class ConvTranspose1d(_ConvTransposeNd):
    """The adjoint of ``Conv1d``: (N, C_in, L) or (C_in, L), weight (in_channels, out_channels/groups, kernel_size).

    The output has (L - 1)·stride - 2·padding + dilation·(kernel_size - 1) + output_padding + 1 elements.

    >>> import minitorch as torch
    >>> torch.nn.ConvTranspose1d(4, 6, 3, stride=2)(torch.zeros(2, 4, 9)).shape
    torch.Size([2, 6, 19])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size1,
        stride: Size1 = 1,
        padding: Size1 = 0,
        output_padding: Size1 = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size1 = 1,
        padding_mode: PaddingMode = "zeros",
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self._set_up(
            1, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device,
            dtype, True, output_padding,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """(N, C_in, L) or (C_in, L) to (N, C_out, L') or (C_out, L'); ``output_size`` chooses among possible L'."""
        return self._transpose(F.conv_transpose1d, input, output_size)  # type: ignore[no-any-return]


class ConvTranspose2d(_ConvTransposeNd):
    """The adjoint of ``Conv2d``: (N, C_in, H, W) or (C_in, H, W); see ``ConvTranspose1d``."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size2,
        stride: Size2 = 1,
        padding: Size2 = 0,
        output_padding: Size2 = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size2 = 1,
        padding_mode: PaddingMode = "zeros",
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self._set_up(
            2, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device,
            dtype, True, output_padding,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """(N, C_in, H, W) or (C_in, H, W) to the same with C_out channels and new sizes."""
        return self._transpose(F.conv_transpose2d, input, output_size)  # type: ignore[no-any-return]


class ConvTranspose3d(_ConvTransposeNd):
    """The adjoint of ``Conv3d``: (N, C_in, D, H, W) or (C_in, D, H, W); see ``ConvTranspose1d``."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size3,
        stride: Size3 = 1,
        padding: Size3 = 0,
        output_padding: Size3 = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size3 = 1,
        padding_mode: PaddingMode = "zeros",
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self._set_up(
            3, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device,
            dtype, True, output_padding,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """(N, C_in, D, H, W) or (C_in, D, H, W) to the same with C_out channels and new sizes."""
        return self._transpose(F.conv_transpose3d, input, output_size)  # type: ignore[no-any-return]
