"""Convolutions and their transposes in one to three dimensions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.common_types import PaddingName, Size1, Size2, Size3, ntuple
from minitorch.nn.functional_pad import pad
from minitorch.ops import convolution
from minitorch.ops.convolution_layouts import How, Sizes

Facts = tuple[Sizes, Any]  # a tensor's shape and dtype


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size1 = 1,
    padding: PaddingName | Size1 = 0,
    dilation: Size1 = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation of (N, C, L) or (C, L) with (C_out, C/groups, K); see ``nn.Conv1d``."""
    return _conv(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size2 = 1,
    padding: PaddingName | Size2 = 0,
    dilation: Size2 = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation of (N, C, H, W) or (C, H, W) with (C_out, C/groups, K, K'); see ``nn.Conv2d``.

    >>> import minitorch as torch
    >>> torch.nn.functional.conv2d(torch.ones(1, 3, 3), torch.ones(1, 1, 2, 2))
    tensor([[[4., 4.],
             [4., 4.]]])
    """
    return _conv(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size3 = 1,
    padding: PaddingName | Size3 = 0,
    dilation: Size3 = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation of (N, C, D, H, W) or (C, D, H, W) with (C_out, C/groups, K, K', K'')."""
    return _conv(3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size1 = 1,
    padding: Size1 = 0,
    output_padding: Size1 = 0,
    groups: int = 1,
    dilation: Size1 = 1,
) -> Tensor:
    """The adjoint of ``conv1d`` with the same settings: (N, C, L) and (C, C_out/groups, K) to (N, C_out, L')."""
    return _conv_transpose(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size2 = 1,
    padding: Size2 = 0,
    output_padding: Size2 = 0,
    groups: int = 1,
    dilation: Size2 = 1,
) -> Tensor:
    """The adjoint of ``conv2d``: (N, C, H, W) and a weight (C, C_out/groups, K, K') to (N, C_out, H', W')."""
    return _conv_transpose(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size3 = 1,
    padding: Size3 = 0,
    output_padding: Size3 = 0,
    groups: int = 1,
    dilation: Size3 = 1,
) -> Tensor:
    """The adjoint of ``conv3d`` with the same settings."""
    return _conv_transpose(3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _conv(
    n: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    _check_tensors(n, input, weight)
    bias_facts = None if bias is None else _facts(bias)
    moves = (_hashable(stride), _hashable(padding), _hashable(dilation), groups)
    how, ends, batched = _settings(n, _facts(input), _facts(weight), bias_facts, *moves)
    if ends:
        input = pad(input, ends)
    if batched:
        return convolution.convolution(input, weight, bias, how=how)
    return convolution.convolution(input.unsqueeze(0), weight, bias, how=how).squeeze(0)


def _hashable(value: Any) -> Any:
    return tuple(value) if value.__class__ is list else value


@lru_cache(maxsize=256)  # a network calls it with the same few sizes again and again
def _settings(
    n: int, input: Facts, weight: Facts, bias: Facts | None, stride: Any, padding: Any, dilation: Any, groups: int
) -> tuple[How, list[int], bool]:
    """How the windows move, what the input is padded with before, and whether it has a batch dimension; checked."""
    who, kernel = f"conv{n}d", weight[0]
    if len(kernel) != n + 2:
        raise RuntimeError(f"{who}: expected {n + 2}-dimensional weight, but got weight of size {list(kernel)}")
    strides, dilations = _numbers(stride, n, "stride"), _numbers(dilation, n, "dilation")
    ends: list[int] = []
    if isinstance(padding, str):
        paddings, ends = _padding_called(padding, kernel[2:], strides, dilations)
    else:
        paddings = _numbers(padding, n, "padding")
    how = (strides, paddings, dilations, groups)
    batched = _check(who, n, input, weight, bias, kernel[0], how)
    given = input[0]
    padded = tuple(m + extra for m, extra in zip(given[-n:], [*ends[1::2]][::-1] or (0,) * n, strict=True))
    _check_sizes(given, (*given[:-n], *padded)[-n - 1 :], kernel, how)
    return how, ends, batched


def _check_sizes(given: Sizes, i: Sizes, w: Sizes, how: How) -> None:
    """Raises for channels that do not fit ``i``, (C, spatial...), or a kernel that is larger than it."""
    paddings, groups = how[1], how[3]
    if w[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{list(w)}] "
            "instead"
        )
    if i[0] != w[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(w)}, expected input{list(given)} to have {w[1] * groups} "
            f"channels, but got {i[0]} channels instead"
        )
    if min(convolution.out_sizes(i[1:], w[2:], how)) < 1:
        padded = " x ".join(str(m + 2 * p) for m, p in zip(i[1:], paddings, strict=True))
        raise RuntimeError(
            f"Calculated padded input size per channel: ({padded}). Kernel size: ({' x '.join(map(str, w[2:]))}). "
            "Kernel size can't be greater than actual input size"
        )


def _conv_transpose(
    n: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Tensor:
    who = f"conv_transpose{n}d"
    _check_tensors(n, input, weight, "conv_transpose")
    how = (_numbers(stride, n, "stride"), _numbers(padding, n, "padding"), _numbers(dilation, n, "dilation"), groups)
    extra = _numbers(output_padding, n, "output_padding")
    out_channels = weight.shape[1] * groups if weight.dim() > 1 else 0
    bias_facts = None if bias is None else _facts(bias)
    batched = _check(who, n, _facts(input), _facts(weight), bias_facts, out_channels, how)
    x = input if batched else input.unsqueeze(0)
    if x.shape[1] != weight.shape[0]:
        raise RuntimeError(
            f"Given transposed=1, weight of size {list(weight.shape)}, expected input{list(input.shape)} to have "
            f"{weight.shape[0]} channels, but got {x.shape[1]} channels instead"
        )
    if any(e >= max(s, d) for e, s, d in zip(extra, how[0], how[2], strict=True)):
        raise RuntimeError(
            f"output padding must be smaller than either stride or dilation, but got output_padding: {list(extra)} "
            f"stride: {list(how[0])} dilation: {list(how[2])}"
        )
    spatial = tuple(
        (m - 1) * s - 2 * p + d * (k - 1) + e + 1
        for m, k, s, p, d, e in zip(x.shape[2:], weight.shape[2:], *how[:3], extra, strict=True)
    )
    if min(spatial) < 1:
        raise RuntimeError(
            f"Given input size per channel: {list(x.shape[2:])}. Calculated output size per channel: {list(spatial)}. "
            "Output size is too small"
        )
    out = convolution.convolve_input(x, weight, how=how, spatial=spatial)
    if bias is not None:
        out = out + bias.reshape(-1, *(1,) * n)
    return out if batched else out.squeeze(0)


def _check_tensors(n: int, input: Any, weight: Any, kind: str = "conv") -> None:
    if isinstance(input, Tensor) and isinstance(weight, Tensor):
        return
    position, name, value = (1, "input", input) if not isinstance(input, Tensor) else (2, "weight", weight)
    raise TypeError(f"{kind}{n}d(): argument '{name}' (position {position}) must be Tensor, not {type(value).__name__}")


def _numbers(value: Any, n: int, name: str) -> tuple[int, ...]:
    numbers = ntuple(value, n)
    if len(numbers) == 1:
        numbers *= n
    if len(numbers) != n:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {n} values to match the convolution "
            f"dimensions, but got {name}={list(numbers)}"
        )
    return numbers


def _padding_called(
    name: str, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> tuple[tuple[int, ...], list[int]]:
    """What padding "same" or "valid" is, and what to pad before: of an odd amount one more zero is on the right."""
    if name == "valid":
        return (0,) * len(stride), []
    if name != "same":
        raise RuntimeError(f"Invalid padding string: '{name}'; expected 'same' or 'valid'")
    if any(s != 1 for s in stride):
        raise RuntimeError(f"padding='same' is not supported for strided convolutions, got stride={list(stride)}")
    total = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    ends = [side for t in reversed(total) for side in (0, t % 2)]
    return tuple(t // 2 for t in total), ends if any(ends) else []


def _facts(t: Tensor) -> Facts:
    return t.array.shape, t.dtype


@lru_cache(maxsize=256)  # a network calls it with the same few sizes again and again
def _check(who: str, n: int, input: Facts, weight: Facts, bias: Facts | None, out_channels: int, how: How) -> bool:
    """Raises for what no convolution can work on; whether the input has a batch dimension."""
    stride, padding, dilation, groups = how
    (shape, dtype), (kernel, kernel_dtype) = input, weight
    if len(kernel) != n + 2:
        raise RuntimeError(f"{who}: expected {n + 2}-dimensional weight, but got weight of size {list(kernel)}")
    if len(shape) not in (n + 1, n + 2):
        raise RuntimeError(
            f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {who}, but got input of size: {list(shape)}"
        )
    if min(stride) < 1:
        raise RuntimeError(f"non-positive stride is not supported, got {list(stride)}")
    if min(padding) < 0:
        raise RuntimeError(f"negative padding is not supported, got {list(padding)}")
    if min(dilation) < 1:
        raise RuntimeError(f"dilation should be greater than zero, but got {list(dilation)}")
    if groups < 1:
        raise RuntimeError(f"non-positive groups is not supported, got {groups}")
    if bias is not None:
        if bias[0] != (out_channels,):
            raise RuntimeError(
                f"Given weight of size {list(kernel)}, expected bias to be 1-dimensional with {out_channels} elements, "
                f"but got bias of size {list(bias[0])} instead"
            )
        if bias[1] is not dtype:
            raise RuntimeError(
                f"Input type ({dtype}) and bias type ({bias[1]}) should be the same: convert one with .to()"
            )
    if kernel_dtype is not dtype:
        raise RuntimeError(
            f"expected scalar type {dtype.alias} but found {kernel_dtype.alias}: convert input or weight with .to()"
        )
    return len(shape) == n + 2
