"""The error function, and GELU, which is made of it: fast in single precision, SciPy's in others.

In single precision erf(x) is x P(x²) / Q(x²) for |x| ≤ 4, and 1 from there on. P and Q, of degree 5, have the smallest
relative error (2.5e-8, fitted to SciPy's by iteratively reweighted least squares); with rounding it is below 4e-7.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.ops.arguments import unsupported

LIMIT = 4.0
P = (1.1283791, 0.19354652, 0.053101938, 0.0038834058, 0.00028456724, 1.9867709e-06)
Q = (1.0, 0.50485867, 0.1153506, 0.015207375, 0.001185586, 3.7420126e-05)


def erf_of(x: Any) -> Any:
    """The error function of an array of floating numbers."""
    if x.dtype != np.float32 or x.ndim == 0:
        if x.dtype.kind == "c":
            raise unsupported("erf", x)
        import scipy.special

        return scipy.special.erf(x).astype(x.dtype, copy=False)
    x = np.clip(x, -LIMIT, LIMIT)
    square = x * x
    out = _polynomial(P, square)
    out *= x
    out /= _polynomial(Q, square)
    return np.clip(out, -1, 1, out=out)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    """Its values by Horner's rule, in place: passes over memory are what it costs."""
    first, *middle, last = coefficients
    out = x * last
    for c in reversed(middle):
        out += c
        out *= x
    out += first
    return out


def gelu_of(x: Any) -> tuple[Any, Any]:
    """x Φ(x), and Φ(x), the normal distribution's probability below x."""
    below = erf_of(x * math.sqrt(0.5))
    below += 1
    below *= 0.5
    return x * below, below


def gelu_backward(g: Any, x: Any, below: Any) -> Any:
    """g times the slope Φ(x) + x φ(x)."""
    slope = np.square(x, out=np.empty_like(x))  # an array, even of no dimensions
    slope *= -0.5
    np.exp(slope, out=slope)
    slope *= 1 / math.sqrt(2 * math.pi)
    slope *= x
    slope += below
    slope *= g
    return slope
