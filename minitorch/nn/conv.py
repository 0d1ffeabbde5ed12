"""Convolution layers in one to three dimensions."""

from __future__ import annotations

import math
from typing import Any, get_args

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn import init
from minitorch.nn.common_types import Device, DType, PaddingMode, PaddingName, Size1, Size2, Size3, ntuple
from minitorch.nn.linear import reset_bias
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter, empty_parameter


class _ConvNd(Module):
    """What all convolutions share: settings, weight and bias, and their text."""

    in_channels: int
    out_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | PaddingName
    dilation: tuple[int, ...]
    transposed: bool
    output_padding: tuple[int, ...]
    groups: int
    padding_mode: PaddingMode
    weight: Parameter
    bias: Parameter | None

    def _set_up(
        self,
        n: int,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        bias: bool,
        padding_mode: PaddingMode,
        device: Device,
        dtype: DType,
        transposed: bool = False,
        output_padding: Any = 0,
    ) -> None:
        if groups <= 0:
            raise ValueError(f"groups must be a positive integer, got {groups}")
        if in_channels % groups != 0:
            raise ValueError(f"in_channels must be divisible by groups, got {in_channels} and {groups}")
        if out_channels % groups != 0:
            raise ValueError(f"out_channels must be divisible by groups, got {out_channels} and {groups}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = ntuple(kernel_size, n)
        self.stride = ntuple(stride, n)
        self.padding = padding if isinstance(padding, str) else ntuple(padding, n)  # type: ignore[assignment]
        self.dilation = ntuple(dilation, n)
        self.transposed = transposed
        self.output_padding = ntuple(output_padding, n)
        self.groups = groups
        self.padding_mode = padding_mode
        self._check_padding()
        first, second = (in_channels, out_channels) if transposed else (out_channels, in_channels)
        self.weight = empty_parameter((first, second // groups, *self.kernel_size), device, dtype)
        self.register_parameter("bias", empty_parameter((out_channels,), device, dtype) if bias else None)
        self.reset_parameters()

    def _check_padding(self) -> None:
        if isinstance(self.padding, str):
            names = set(get_args(PaddingName))
            if self.padding not in names:
                raise ValueError(f"Invalid padding string {self.padding!r}, should be one of {sorted(names)}")
            if self.padding == "same" and any(stride != 1 for stride in self.stride):
                raise ValueError(f"padding='same' is not supported for strided convolutions, got stride={self.stride}")
        if self.transposed and self.padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        if self.padding_mode not in get_args(PaddingMode):
            raise ValueError(
                f"padding_mode must be one of {set(get_args(PaddingMode))}, but got padding_mode='{self.padding_mode}'"
            )

    def reset_parameters(self) -> None:
        """Draw new initial weights: U(-1/√fan_in, 1/√fan_in) for both."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        reset_bias(self.bias, self.weight)

    @property
    def _reversed_padding_repeated_twice(self) -> list[int]:
        """The padding as ``F.pad`` takes it: the last dimension first, each with its left and right."""
        sides: list[int] = []
        for i in reversed(range(len(self.kernel_size))):
            if self.padding == "same":
                total = self.dilation[i] * (self.kernel_size[i] - 1)
                sides += [total // 2, total - total // 2]
            else:
                sides += [0, 0] if isinstance(self.padding, str) else [self.padding[i]] * 2
        return sides

    def _convolve(self, function: Any, input: Tensor) -> Any:
        if self.padding_mode == "zeros":
            return function(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
        padded = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
        return function(padded, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)

    def extra_repr(self) -> str:
        n = len(self.kernel_size)
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * n:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * n:
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * n:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        return text if self.padding_mode == "zeros" else f"{text}, padding_mode={self.padding_mode}"


class Conv1d(_ConvNd):
    """Cross-correlation over (N, C_in, L) or (C_in, L), with weight (out_channels, in_channels/groups, kernel_size).

    Args:
        in_channels: number of input channels.
        out_channels: number of output channels.
        kernel_size: size of the kernel.
        stride: step of the kernel.
        padding: how much to add on both sides; "same" keeps the size, "valid" is 0.
        dilation: distance of the kernel's elements.
        groups: split the channels into this many independent convolutions.
        bias: whether to add one.
        padding_mode: what to pad with.
        device: the CPU.
        dtype: of weight and bias.

    Raises:
        ValueError: channels that ``groups`` does not divide, or an unknown padding.

    The output has ⌊(L + 2·padding - dilation·(kernel_size - 1) - 1) / stride⌋ + 1 elements.

    >>> import minitorch as torch
    >>> torch.nn.Conv1d(4, 6, 3, stride=2)(torch.zeros(2, 4, 9)).shape
    torch.Size([2, 6, 4])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size1,
        stride: Size1 = 1,
        padding: PaddingName | Size1 = 0,
        dilation: Size1 = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: PaddingMode = "zeros",
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self._set_up(
            1, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device,
            dtype,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """(N, C_in, L) or (C_in, L) to (N, C_out, L') or (C_out, L')."""
        return self._convolve(F.conv1d, input)  # type: ignore[no-any-return]


class Conv2d(_ConvNd):
    """Cross-correlation over (N, C_in, H, W) or (C_in, H, W); the arguments are those of ``Conv1d``, as pairs.

    >>> import minitorch as torch
    >>> torch.nn.Conv2d(3, 8, 3, padding="same")(torch.zeros(2, 3, 5, 7)).shape
    torch.Size([2, 8, 5, 7])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size2,
        stride: Size2 = 1,
        padding: PaddingName | Size2 = 0,
        dilation: Size2 = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: PaddingMode = "zeros",
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self._set_up(
            2, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device,
            dtype,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """(N, C_in, H, W) or (C_in, H, W) to (N, C_out, H', W') or (C_out, H', W')."""
        return self._convolve(F.conv2d, input)  # type: ignore[no-any-return]


class Conv3d(_ConvNd):
    """Cross-correlation over (N, C_in, D, H, W) or (C_in, D, H, W); its arguments are ``Conv1d``'s, as triples."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size3,
        stride: Size3 = 1,
        padding: PaddingName | Size3 = 0,
        dilation: Size3 = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: PaddingMode = "zeros",
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self._set_up(
            3, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device,
            dtype,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """(N, C_in, D, H, W) or (C_in, D, H, W) to the same with C_out channels and new sizes."""
        return self._convolve(F.conv3d, input)  # type: ignore[no-any-return]
