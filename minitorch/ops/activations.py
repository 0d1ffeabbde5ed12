"""Activation functions that are rows of their own, piecewise or gated ones for the most part. (relu, gelu, elu:
pointwise.py)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.ops.pointwise import sigmoid

# --- The table --------------------------------------------------------------------------------------------------------

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
