"""The table from rows of the derivative tables to ONNX: elementwise operations and activations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Tensor
from minitorch.onnx.trace import Tracing, lowers_rows
from minitorch.ops import activations, arithmetic, pointwise

Inputs = Sequence[Any]

# Operands are cast to the result's dtype first, as promotion does it.

_SAME: dict[str, list[Any]] = {
    "Add": [arithmetic.add], "Sub": [arithmetic.sub], "Mul": [arithmetic.mul], "Div": [arithmetic.div],
    "Neg": [arithmetic.neg], "Pow": [arithmetic.pow_tensor], "Max": [arithmetic.maximum], "Min": [arithmetic.minimum],
    "Exp": [pointwise.exp], "Log": [pointwise.log], "Sqrt": [pointwise.sqrt], "Reciprocal": [pointwise.reciprocal],
    "Abs": [pointwise.abs], "Sign": [pointwise.sign], "Sin": [pointwise.sin], "Cos": [pointwise.cos],
    "Tan": [pointwise.tan], "Asin": [pointwise.asin], "Acos": [pointwise.acos], "Atan": [pointwise.atan],
    "Sinh": [pointwise.sinh], "Cosh": [pointwise.cosh], "Tanh": [pointwise.tanh], "Asinh": [pointwise.asinh],
    "Acosh": [pointwise.acosh], "Atanh": [pointwise.atanh], "Ceil": [pointwise.ceil], "Floor": [arithmetic.floor],
    "Round": [pointwise.rint], "Erf": [pointwise.erf], "Relu": [activations.relu], "Sigmoid": [pointwise.sigmoid],
    "Mish": [activations.mish], "HardSwish": [activations.hardswish], "PRelu": [activations.prelu],
}  # fmt: skip


def _elementwise(op: str) -> Any:
    def write(t: Tracing, inputs: Inputs) -> str:
        dtype = t.result.array.dtype
        return t.graph.node(op, *(t.operand(x, dtype) for x in inputs))

    return write


for _op, _rows in _SAME.items():
    lowers_rows(*_rows)(_elementwise(_op))

_COMPARING: dict[str, Any] = {
    "Equal": arithmetic.eq, "Less": arithmetic.lt, "LessOrEqual": arithmetic.le, "Greater": arithmetic.gt,
    "GreaterOrEqual": arithmetic.ge,
}  # fmt: skip


def _common(inputs: Inputs) -> np.dtype[Any]:
    return dtypes.result_numpy(*(x.array if isinstance(x, Tensor) else x for x in inputs))


def _comparison(op: str) -> Any:
    def write(t: Tracing, inputs: Inputs) -> str:
        return t.graph.node(op, *(t.operand(x, _common(inputs)) for x in inputs))

    return write


for _op, _row in _COMPARING.items():
    lowers_rows(_row)(_comparison(_op))

_LOGICAL: dict[str, Any] = {
    "And": arithmetic.logical_and, "Or": arithmetic.logical_or, "Xor": arithmetic.logical_xor,
    "Not": arithmetic.logical_not,
}  # fmt: skip
_BITWISE: dict[str, Any] = {
    "And": arithmetic.bitwise_and, "Or": arithmetic.bitwise_or, "Xor": arithmetic.bitwise_xor,
    "Not": arithmetic.bitwise_not,
}  # fmt: skip


def _logic(op: str, bits: bool) -> Any:
    def write(t: Tracing, inputs: Inputs) -> str:
        dtype = t.result.array.dtype
        return t.graph.node(
            f"Bitwise{op}" if bits and dtype != np.bool_ else op, *(t.operand(x, dtype) for x in inputs)
        )

    return write


for _op in _LOGICAL:
    lowers_rows(_LOGICAL[_op])(_logic(_op, bits=False))
    lowers_rows(_BITWISE[_op])(_logic(_op, bits=True))


@lowers_rows(arithmetic.ne)
def _ne(t: Tracing, inputs: Inputs) -> str:
    return t.graph.node("Not", _comparison("Equal")(t, inputs))


@lowers_rows(arithmetic.power)
def _power(t: Tracing, inputs: Inputs, exponent: Any) -> str:
    dtype = t.result.array.dtype
    return t.graph.node("Pow", t.operand(inputs[0], dtype), t.graph.constant(exponent, dtype))


@lowers_rows(pointwise.square)
def _square(t: Tracing, inputs: Inputs) -> str:
    x = t.operand(inputs[0], t.result.array.dtype)
    return t.graph.node("Mul", x, x)


@lowers_rows(pointwise.rsqrt)
def _rsqrt(t: Tracing, inputs: Inputs) -> str:
    return t.graph.node("Reciprocal", t.graph.node("Sqrt", t.operand(inputs[0], t.result.array.dtype)))


@lowers_rows(pointwise.log1p)
def _log1p(t: Tracing, inputs: Inputs) -> str:
    dtype = t.result.array.dtype
    return t.graph.node("Log", t.graph.node("Add", t.operand(inputs[0], dtype), t.graph.constant(1, dtype)))


@lowers_rows(activations.silu)
def _silu(t: Tracing, inputs: Inputs) -> str:
    x = t.name(inputs[0])
    return t.graph.node("Mul", x, t.graph.node("Sigmoid", x))


@lowers_rows(activations.log_sigmoid)
def _log_sigmoid(t: Tracing, inputs: Inputs) -> str:  # -softplus(-x)
    g = t.graph
    return g.node("Neg", g.node("Softplus", g.node("Neg", t.name(inputs[0]))))


@lowers_rows(activations.softplus)
def _softplus(t: Tracing, inputs: Inputs, beta: float, threshold: float) -> str:
    g, x, dtype = t.graph, t.name(inputs[0]), t.result.array.dtype
    scaled = x if beta == 1 else g.node("Mul", x, g.constant(beta, dtype))
    soft = g.node("Softplus", scaled)
    soft = soft if beta == 1 else g.node("Div", soft, g.constant(beta, dtype))
    return g.node("Where", g.node("Greater", scaled, g.constant(threshold, dtype)), x, soft)


@lowers_rows(activations.elu)
def _elu(t: Tracing, inputs: Inputs, alpha: float, scale: float, input_scale: float) -> str:
    x = t.name(inputs[0])
    if input_scale != 1:
        return t.graph.node("Celu", x, alpha=1 / input_scale)
    if scale != 1:
        return t.graph.node("Selu", x, alpha=float(alpha), gamma=float(scale))
    return t.graph.node("Elu", x, alpha=float(alpha))


@lowers_rows(activations.leaky_relu)
def _leaky_relu(t: Tracing, inputs: Inputs, slope: float) -> str:
    return t.graph.node("LeakyRelu", t.name(inputs[0]), alpha=float(slope))


@lowers_rows(activations.gelu_erf)
def _gelu_erf(t: Tracing, inputs: Inputs) -> str:
    g, x, dtype = t.graph, t.name(inputs[0]), t.result.array.dtype
    if g.opset >= 20:
        return g.node("Gelu", x)
    erf = g.node("Erf", g.node("Mul", x, g.constant(math.sqrt(0.5), dtype)))
    half = g.node("Mul", x, g.constant(0.5, dtype))
    return g.node("Mul", half, g.node("Add", erf, g.constant(1, dtype)))


@lowers_rows(activations.gelu_tanh)
def _gelu_tanh(t: Tracing, inputs: Inputs) -> str:
    g, x, dtype = t.graph, t.name(inputs[0]), t.result.array.dtype
    if g.opset >= 20:
        return g.node("Gelu", x, approximate="tanh")
    cube = g.node("Mul", g.node("Mul", x, g.node("Mul", x, x)), g.constant(0.044715, dtype))
    inner = g.node("Mul", g.node("Add", x, cube), g.constant(math.sqrt(2 / math.pi), dtype))
    half = g.node("Mul", x, g.constant(0.5, dtype))
    return g.node("Mul", half, g.node("Add", g.node("Tanh", inner), g.constant(1, dtype)))


@lowers_rows(activations.hardsigmoid)
def _hardsigmoid(t: Tracing, inputs: Inputs) -> str:
    return t.graph.node("HardSigmoid", t.name(inputs[0]), alpha=1 / 6, beta=0.5)


@lowers_rows(activations.hardshrink)
def _hardshrink(t: Tracing, inputs: Inputs, lambd: float) -> str:
    return t.graph.node("Shrink", t.name(inputs[0]), lambd=float(lambd), bias=0.0)


@lowers_rows(activations.softshrink)
def _softshrink(t: Tracing, inputs: Inputs, lambd: float) -> str:
    return t.graph.node("Shrink", t.name(inputs[0]), lambd=float(lambd), bias=float(lambd))


@lowers_rows(activations.gated)
def _glu(t: Tracing, inputs: Inputs, axis: int) -> str:
    a, b = t.graph.several("Split", 2, t.name(inputs[0]), axis=axis, num_outputs=2)
    return t.graph.node("Mul", a, t.graph.node("Sigmoid", b))


@lowers_rows(pointwise.clip, activations.hardtanh)
def _clip(t: Tracing, inputs: Inputs, low: Any, high: Any) -> str:
    dtype = t.result.array.dtype
    bounds = ["" if bound is None else t.graph.constant(bound, dtype) for bound in (low, high)]
    return t.graph.node("Clip", t.operand(inputs[0], dtype), *bounds)


@lowers_rows(activations.threshold)
def _threshold(t: Tracing, inputs: Inputs, threshold: float, value: float) -> str:
    g, x, dtype = t.graph, t.name(inputs[0]), t.result.array.dtype
    return g.node("Where", g.node("Greater", x, g.constant(threshold, dtype)), x, g.constant(value, dtype))


@lowers_rows(arithmetic.where)
def _where(t: Tracing, inputs: Inputs) -> str:
    condition, a, b = inputs
    chosen = t.name(condition) if isinstance(condition, Tensor) else t.graph.constant(condition, np.bool_)
    dtype = t.result.array.dtype
    return t.graph.node("Where", chosen, t.operand(a, dtype), t.operand(b, dtype))


@lowers_rows(arithmetic.cast)
def _cast(t: Tracing, inputs: Inputs, dtype: Any) -> str:
    return t.cast(t.name(inputs[0]), inputs[0].array.dtype, np.dtype(dtype))


@lowers_rows(arithmetic.copy)
def _copy(t: Tracing, inputs: Inputs) -> str:
    return t.name(inputs[0])
