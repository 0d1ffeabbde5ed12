"""The error function, and GELU, which is made of it: fast in single precision, SciPy's in others.

Single precision has fits of its own, by iteratively reweighted least squares to SciPy's values, since a pass over
memory is cheap and an exponential costs twenty of them:

- erf(x) is x P(x²) / Q(x²) for |x| ≤ 4, and 1 from there on. P and Q, of degree 5, have the smallest relative error
  (2.5e-8; with rounding it is below 4e-7).
- Φ(x), the normal distribution's probability below x, is 1/2 + x P(x²) / Q(x²) for |x| ≤ 5.5, where it is exactly 0
  or 1. P and Q, of degree 5, have the smallest absolute error (7e-9; with rounding it is below 2.3e-7), which is what
  x Φ(x) needs.
- φ(x), its density, is p(x²)^-8. With p of degree 5 the absolute error of x φ(x) is the smallest (1e-7; with rounding
  below 4e-7): the eighth root of exp(x²/2) is close to its series.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.ops.arguments import unsupported

LIMIT = 4.0
P = (1.1283791, 0.19354652, 0.053101938, 0.0038834058, 0.00028456724, 1.9867709e-06)
Q = (1.0, 0.50485867, 0.1153506, 0.015207375, 0.001185586, 3.7420126e-05)
NORMAL_LIMIT = 5.5
NORMAL_P = (333144.281, 28269.3125, 3905.83691, 140.981308, 5.30446196, 0.0189973302)
NORMAL_Q = (835069.0, 210038.203, 23921.291, 1573.6427, 61.5008354)  # and 1
ROOT = (1.12172437, 0.0701085627, 0.00219004019, 4.59773655e-05, 6.55085785e-07, 1.31543834e-08)


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


def _monic(coefficients: tuple[float, ...], x: Any) -> Any:
    """The same of a polynomial whose last coefficient is 1 and not listed: a pass less."""
    *rest, last = coefficients
    out = x + last
    for c in reversed(rest):
        out *= x
        out += c
    return out


def gelu_of(x: Any) -> tuple[Any, Any]:
    """x Φ(x), and Φ(x), the normal distribution's probability below x."""
    if x.dtype != np.float32 or x.ndim == 0:
        below = erf_of(x * math.sqrt(0.5))
        below += 1
        below *= 0.5
        return x * below, below
    within = np.clip(x, -NORMAL_LIMIT, NORMAL_LIMIT)
    square = within * within
    below = _polynomial(NORMAL_P, square)
    below *= within
    below /= _monic(NORMAL_Q, square)
    below += 0.5
    return np.multiply(x, below, out=within), below


def gelu_backward(g: Any, x: Any, below: Any) -> Any:
    """g times the slope Φ(x) + x φ(x)."""
    if x.dtype != np.float32 or x.ndim == 0:
        slope = np.square(x, out=np.empty_like(x))  # an array, even of no dimensions
        slope *= -0.5
        np.exp(slope, out=slope)
        slope *= 1 / math.sqrt(2 * math.pi)
        slope *= x
    else:
        with np.errstate(over="ignore"):  # of a density that is 0
            slope = _polynomial(ROOT, x * x)
            for _ in range(3):
                slope *= slope
        np.divide(x, slope, out=slope)
    slope += below
    slope *= g
    return slope
