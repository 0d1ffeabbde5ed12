"""The table from functions to ONNX: convolutions, pools, padding and resizing, which go over windows of the input."""

from __future__ import annotations

import math
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.common_types import ntuple
from minitorch.onnx.trace import Tracing, UnsupportedOperatorError, lowers


def _batched(t: Tracing, x: Tensor, n: int) -> tuple[str, bool]:
    """The input with a batch dimension, and whether one was put in front."""
    alone = x.array.ndim == n + 1
    return (t.graph.node("Unsqueeze", t.name(x), t.graph.ints([0])) if alone else t.name(x)), alone


def _as_was(t: Tracing, x: str, alone: bool) -> str:
    return t.graph.node("Squeeze", x, t.graph.ints([0])) if alone else x


def _convolution(n: int) -> Any:
    def write(
        t: Tracing, input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
    ) -> str:
        x, alone = _batched(t, input, n)
        kernel, apart = weight.array.shape[2:], ntuple(dilation, n)
        if padding == "same":
            total = [d * (k - 1) for d, k in zip(apart, kernel)]
            pads = [p // 2 for p in total] + [p - p // 2 for p in total]
        else:
            pads = list(ntuple(0 if padding == "valid" else padding, n)) * 2
        settings = {"strides": list(ntuple(stride, n)), "dilations": list(apart), "pads": pads, "group": groups}
        return _as_was(t, t.graph.node("Conv", x, t.name(weight), t.optional(bias), **settings), alone)

    return write


def _transposed_convolution(n: int) -> Any:
    def write(
        t: Tracing,
        input: Tensor,
        weight: Tensor,
        bias: Any,
        stride: Any,
        padding: Any,
        output_padding: Any,
        groups: int,
        dilation: Any,
    ) -> str:
        x, alone = _batched(t, input, n)
        settings = {
            "strides": list(ntuple(stride, n)),
            "dilations": list(ntuple(dilation, n)),
            "pads": list(ntuple(padding, n)) * 2,
            "output_padding": list(ntuple(output_padding, n)),
            "group": groups,
        }
        return _as_was(t, t.graph.node("ConvTranspose", x, t.name(weight), t.optional(bias), **settings), alone)

    return write


def _max_pool(n: int) -> Any:
    def write(
        t: Tracing,
        input: Tensor,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        ceil_mode: bool,
        return_indices: bool,
    ) -> str:
        if return_indices:
            raise UnsupportedOperatorError(f"Exporting the operator 'max_pool{n}d' with its indices is not supported")
        x, alone = _batched(t, input, n)
        settings = _window(t, input, n, kernel_size, stride, padding, dilation, ceil_mode)
        pads = settings["pads"]
        if any(
            p >= k for p, k in zip(pads, settings["kernel_shape"] * 2)
        ):  # as ONNX has it, padding is within a kernel
            every = t.graph.ints([0, 0, *pads[:n], 0, 0, *pads[n:]])
            x = t.graph.node("Pad", x, every, t.graph.constant(-math.inf, input.array.dtype))
            settings["pads"] = [0] * (2 * n)
        return _as_was(t, t.graph.node("MaxPool", x, dilations=list(ntuple(dilation, n)), **settings), alone)

    return write


def _avg_pool(n: int) -> Any:
    def write(
        t: Tracing,
        input: Tensor,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        ceil_mode: bool,
        count_include_pad: bool,
        divisor_override: Any = None,
    ) -> str:
        x, alone = _batched(t, input, n)
        settings = _window(t, input, n, kernel_size, stride, padding, 1, ceil_mode)
        pads = settings["pads"]
        counted = bool(divisor_override) or (count_include_pad and any(pads[:n]))
        if counted and not divisor_override and any(after > p for p, after in zip(pads[:n], pads[n:])):
            raise UnsupportedOperatorError(
                f"Exporting the operator 'avg_pool{n}d' with ceil_mode is not supported where a window reaches beyond "
                "the padding that it counts: count_include_pad=False is"
            )
        out = t.graph.node("AveragePool", x, count_include_pad=int(counted), **settings)
        if divisor_override:
            factor = math.prod(ntuple(kernel_size, n)) / divisor_override
            out = t.graph.node("Mul", out, t.graph.constant(factor, input.array.dtype))
        return _as_was(t, out, alone)

    return write


def _window(
    t: Tracing, input: Tensor, n: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> dict[str, Any]:
    """A pool's settings. ONNX rounds sizes up in another way, so what is added at the end is written out."""
    kernel = ntuple(kernel_size, n)
    steps = kernel if stride is None or stride == () else ntuple(stride, n)
    before = after = ntuple(padding, n)
    if ceil_mode:
        sizes = zip(input.array.shape[-n:], t.result.array.shape[-n:], kernel, steps, before, ntuple(dilation, n))
        after = tuple(max(0, (out - 1) * s + d * (k - 1) + 1 - m - p) for m, out, k, s, p, d in sizes)
    return {"kernel_shape": list(kernel), "strides": list(steps), "pads": [*before, *after]}


def _adaptive(n: int, op: str) -> Any:
    def write(t: Tracing, input: Tensor, output_size: Any, return_indices: bool = False) -> str:
        x, alone = _batched(t, input, n)
        spatial, wanted = input.array.shape[-n:], t.result.array.shape[-n:]
        if set(wanted) == {1}:
            return _as_was(t, t.graph.node(f"Global{op}", x), alone)
        kernel = [m // out for m, out in zip(spatial, wanted)]
        return _as_was(t, t.graph.node(op, x, kernel_shape=kernel, strides=kernel), alone)

    return write


def _even(n: int) -> Any:
    """Whether the windows of an adaptive pool are all of one size: others are a matter of matrix products."""

    def applies(input: Tensor, output_size: Any, return_indices: bool = False) -> bool:
        sizes = ntuple(output_size, n)
        return not return_indices and all(
            out is None or m % out == 0 for m, out in zip(input.array.shape[-n:], sizes, strict=True)
        )

    return applies


for _n, (_conv, _back, _max, _avg, _adaptive_max, _adaptive_avg) in enumerate(
    (
        (F.conv1d, F.conv_transpose1d, F.max_pool1d, F.avg_pool1d, F.adaptive_max_pool1d, F.adaptive_avg_pool1d),
        (F.conv2d, F.conv_transpose2d, F.max_pool2d, F.avg_pool2d, F.adaptive_max_pool2d, F.adaptive_avg_pool2d),
        (F.conv3d, F.conv_transpose3d, F.max_pool3d, F.avg_pool3d, F.adaptive_max_pool3d, F.adaptive_avg_pool3d),
    ),
    1,
):
    lowers(_conv)(_convolution(_n))
    lowers(_back)(_transposed_convolution(_n))
    lowers(_max)(_max_pool(_n))
    lowers(_avg)(_avg_pool(_n))
    lowers(_adaptive_max, when=_even(_n))(_adaptive(_n, "MaxPool"))
    lowers(_adaptive_avg, when=_even(_n))(_adaptive(_n, "AveragePool"))


@lowers(F.pad)
def _pad(t: Tracing, input: Tensor, pad: Any, mode: str, value: Any) -> str:
    missing = input.array.ndim - len(pad) // 2
    before, after = [0] * missing + list(pad[::2])[::-1], [0] * missing + list(pad[1::2])[::-1]
    fill = (t.graph.constant(value or 0, input.array.dtype),) if mode == "constant" else ()
    name = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}[mode]
    return t.graph.node("Pad", t.name(input), t.graph.ints(before + after), *fill, mode=name)


@lowers(F.interpolate, when=lambda mode, **_: mode in ("nearest", "linear", "bilinear", "trilinear"))
def _interpolate(t: Tracing, input: Tensor, mode: str, align_corners: Any, **others: Any) -> str:
    n = input.array.ndim - 2
    places = ("asymmetric",) if mode == "nearest" else ("pytorch_half_pixel", "align_corners")
    settings = {"mode": "nearest", "nearest_mode": "floor"} if mode == "nearest" else {"mode": "linear"}
    settings["coordinate_transformation_mode"] = places[bool(align_corners)]
    factor, sizes = others["scale_factor"], t.result.array.shape[-n:]
    exact = [m * f for m, f in zip(input.array.shape[-n:], ntuple(factor, n))] if factor is not None else sizes
    if list(exact) != list(sizes):
        raise UnsupportedOperatorError(
            "Exporting the operator 'interpolate' needs a scale_factor that gives whole sizes"
        )
    return t.graph.node("Resize", t.name(input), "", "", t.graph.ints(sizes), axes=list(range(2, 2 + n)), **settings)
