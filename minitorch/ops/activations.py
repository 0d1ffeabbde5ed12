"""Activation functions, piecewise or gated ones for the most part. (sigmoid and tanh: pointwise.py)"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core.batched import blank, is_plain
from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor
from minitorch.ops.erf import gelu_backward, gelu_of
from minitorch.ops.pointwise import _real, _sigmoid, erf, sigmoid

# --- The table --------------------------------------------------------------------------------------------------------

relu = primitive("Relu", lambda x: _relu(x), x=lambda g, out: _relu_backward(g, out))
silu = primitive(
    "Silu",
    lambda x: x * _sigmoid(x),
    **_real,
    x=lambda g, x: _silu_backward(g, x),
)
log_sigmoid = primitive(
    "LogSigmoid", lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))), **_real, x=lambda g, x: g * sigmoid(-x)
)
softplus = primitive(  # log(1 + exp(beta x)) / beta, and x itself where beta x > threshold
    "Softplus",
    lambda x, *, beta, threshold: np.where(
        x * beta > threshold, x, (np.maximum(x * beta, 0) + np.log1p(np.exp(-np.abs(x * beta)))) / beta
    ),
    x=lambda g, x, beta, threshold: np.where(x * beta > threshold, g, g * sigmoid(x * beta)),
)
elu = primitive(  # scale * (x if x > 0 else alpha * (exp(input_scale * x) - 1))
    "Elu",
    lambda x, *, alpha, scale, input_scale: np.where(
        x > 0, x * scale, np.expm1(np.minimum(x, 0) * input_scale) * (alpha * scale)
    ),
    x=lambda g, x, alpha, scale, input_scale: (
        g * np.where(x > 0, scale, np.exp(np.minimum(x, 0) * input_scale) * (alpha * scale * input_scale))
    ),
)
leaky_relu = primitive(
    "LeakyRelu",
    lambda x, *, slope: np.where(x > 0, x, x * slope),
    x=lambda g, x, slope: np.where(x > 0, g, g * slope),
)
gelu_tanh = primitive(
    "Gelu",
    lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))),
    x=lambda g, x: g * _gelu_tanh_slope(x),
)
gelu_erf = primitive(
    "Gelu",
    lambda x: gelu_of(x),
    residuals=("below",),
    definition=lambda x: 0.5 * x * (1 + erf(x * math.sqrt(0.5))),
    x=lambda g, x, below: gelu_backward(g, x, below),
)
threshold = primitive(
    "Threshold",
    lambda x, *, threshold, value: np.where(x > threshold, x, x.dtype.type(value)),
    x=lambda g, x, threshold: np.where(x > threshold, g, 0.0),
)
hardtanh = primitive(  # the gradient is 0 at the ends too, where clamp's passes
    "Hardtanh",
    lambda x, *, low, high: np.clip(x, low, high).astype(x.dtype, copy=False),
    prepare=same,
    x=lambda g, x, low, high: g * ((x > low) & (x < high)),
)
hardsigmoid = primitive("Hardsigmoid", lambda x: np.clip(x + 3, 0, 6) / 6, x=lambda g, x: g * ((x > -3) & (x < 3)) / 6)
hardswish = primitive(
    "Hardswish",
    lambda x: x * np.clip(x + 3, 0, 6) / 6,
    x=lambda g, x: g * np.where(x <= -3, 0.0, np.where(x < 3, x / 3 + 0.5, 1.0)),
)
mish = primitive("Mish", lambda x: x * _tanh_softplus(x), x=lambda g, x: g * _mish_slope(x))
hardshrink = primitive(
    "Hardshrink",
    lambda x, *, lambd: np.where(np.abs(x) <= lambd, x.dtype.type(0), x),
    prepare=same,
    x=lambda g, x, lambd: g * (np.abs(x) > lambd),
)
softshrink = primitive(
    "Softshrink",
    lambda x, *, lambd: x - np.clip(x, -lambd, lambd),
    prepare=same,
    x=lambda g, x, lambd: g * (np.abs(x) > lambd),
)
prelu = primitive(
    "PreluKernel",
    lambda x, weight: np.where(x > 0, x, x * weight),
    x=lambda g, x, weight: np.where(x > 0, g, g * weight),
    weight=lambda g, x: np.where(x > 0, 0.0, g * x),
)
gated = primitive(  # a sigmoid(b) for the halves a and b
    "Glu", lambda x, *, axis: _gated(x, axis), prepare=same, x=lambda g, x, axis: _gated_backward(g, x, axis)
)


def _silu_backward(g: Any, x: Any) -> Any:
    s = sigmoid(x)
    return g * s * (1 + x * (1 - s))


def _relu(x: Any) -> Any:
    """max(x, 0). Two arrays: NumPy compares an array with a number four times as slowly."""
    if x.dtype.kind not in "fiu":
        _no_relu(x)
    zeros = blank(x.shape, x)
    return np.maximum(x, zeros, out=zeros)


def _relu_backward(g: Any, out: Any) -> Any:
    """g where out > 0 and 0 elsewhere, also where g is nan or inf: a product would make nan of those.

    relu's zeros are all positive, so the sign of a result's bits, read as a whole number, is 1 or 0, and its product
    with the bits of g is those bits or none. That is faster than the product of floats; np.where takes ten times as
    long.
    """
    if is_plain(g) and is_plain(out) and g.dtype == out.dtype and out.dtype in _BITS:
        bits: Any = np.sign(out.view(_BITS[out.dtype]))
        bits *= g.view(bits.dtype)
        return bits.view(out.dtype)
    return np.where(out > 0, g, 0.0)


_BITS: dict[Any, Any] = {np.dtype(np.float32): np.dtype(np.uint32), np.dtype(np.float64): np.dtype(np.uint64)}


def _no_relu(x: Any) -> Any:
    if x.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    raise NotImplementedError("clamp is not supported for complex types, and so is relu")


def _gelu_tanh_slope(x: Any) -> Any:
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (x + 0.044715 * x * x * x))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (c * (1 + 3 * 0.044715 * x * x))


def _tanh_softplus(x: Any) -> Any:
    return np.tanh(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def _mish_slope(x: Any) -> Any:
    t = _tanh_softplus(x)
    return t + x * sigmoid(x) * (1 - t * t)


def _gated(x: Any, axis: int) -> Any:
    a, b = np.split(x, 2, axis)
    return a * sigmoid(b)


def _gated_backward(g: Any, x: Any, axis: int) -> Any:
    a, b = np.split(x, 2, axis)
    s = sigmoid(b)
    return np.concatenate([g * s, g * a * (s * (1 - s))], axis)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """Gaussian error linear unit, exact or by the tanh formula (Hendrycks and Gimpel, arXiv:1606.08415)."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return (gelu_tanh if approximate == "tanh" else gelu_erf)(input)
