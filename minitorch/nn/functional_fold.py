"""Windows as columns, and columns added up where they came from: ``unfold`` and ``fold``."""

from __future__ import annotations

from minitorch.core.tensor import Tensor
from minitorch.nn.common_types import Size2, ntuple
from minitorch.ops import convolution


def unfold(input: Tensor, kernel_size: Size2, dilation: Size2 = 1, padding: Size2 = 0, stride: Size2 = 1) -> Tensor:
    """Every window of (N, C, H, W) or (C, H, W) as a column: to (N, C·k·k', number of windows)."""
    if input.dim() not in (3, 4):
        raise RuntimeError(f"Expected 3D or 4D (batch mode) tensor for input, but got: {list(input.shape)}")
    if input.dim() == 3:
        return unfold(input.unsqueeze(0), kernel_size, dilation, padding, stride).squeeze(0)
    kernel, how = ntuple(kernel_size, 2), (ntuple(stride, 2), ntuple(padding, 2), ntuple(dilation, 2), 1)
    if min(convolution.out_sizes(tuple(input.shape[2:]), kernel, how)) < 1:
        raise RuntimeError(
            f"Given input with spatial size {tuple(input.shape[2:])}, kernel_size={kernel}, dilation={how[2]}, "
            f"padding={how[1]}: the array of sliding blocks would be empty"
        )
    cols = convolution.columns(input, kernel=kernel, how=how)  # (C, k, k', N, out, out')
    places = cols.shape[4] * cols.shape[5]
    return cols.permute(3, 0, 1, 2, 4, 5).reshape(input.shape[0], input.shape[1] * kernel[0] * kernel[1], places)


def fold(
    input: Tensor,
    output_size: Size2,
    kernel_size: Size2,
    dilation: Size2 = 1,
    padding: Size2 = 0,
    stride: Size2 = 1,
) -> Tensor:
    """The adjoint of ``unfold``: windows (N, C·k·k', L) added up where they came from, (N, C, *output_size)."""
    if input.dim() not in (2, 3):
        raise RuntimeError(f"Expected 2D or 3D (batch mode) tensor for input, but got: {list(input.shape)}")
    if input.dim() == 2:
        return fold(input.unsqueeze(0), output_size, kernel_size, dilation, padding, stride).squeeze(0)
    kernel, how = ntuple(kernel_size, 2), (ntuple(stride, 2), ntuple(padding, 2), ntuple(dilation, 2), 1)
    spatial = ntuple(output_size, 2)
    area = kernel[0] * kernel[1]
    if input.shape[1] % area:
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={input.shape[1]} and kernel_size={kernel}."
        )
    out = convolution.out_sizes(spatial, kernel, how)
    if input.shape[2] != out[0] * out[1]:
        raise RuntimeError(
            f"Given output_size={spatial}, kernel_size={kernel}, dilation={how[2]}, padding={how[1]}, stride={how[0]}, "
            "expected size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{out[0]} * {out[1]} = {out[0] * out[1]}, but got input.size(2)={input.shape[2]}."
        )
    cols = input.reshape(input.shape[0], input.shape[1] // area, *kernel, *out).permute(1, 2, 3, 0, 4, 5)
    return convolution.uncolumns(cols, spatial=spatial, kernel=kernel, how=how)
