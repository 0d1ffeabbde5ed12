"""Arithmetic rounded as PyTorch's random kernels round it: fused multiply-adds, and float32 functions of their own."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from minitorch.core.dtypes import Array

if TYPE_CHECKING:
    from numpy.typing import NDArray

Float32: TypeAlias = "NDArray[np.float32]"
Rounded: TypeAlias = "NDArray[np.float64]"  # float64 holding float32 values


def cast(x: NDArray[np.float64], dtype: np.dtype[Any]) -> Array:
    """Doubles in `dtype`; float16 by way of float32, as in PyTorch."""
    return (x.astype(np.float32) if dtype == np.float16 else x).astype(dtype, copy=False)


def log1p(x: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[np.float64]:
    """log1p of doubles for results in `dtype`. NumPy's can be an ulp off the C library's, which PyTorch calls."""
    if dtype != np.float64:
        return np.log1p(x)
    return np.fromiter(map(math.log1p, x.tolist()), np.float64, x.size)


def fma(x: Array, factor: float, offset: float) -> Array:
    """`x * factor + offset` of a float32 or float64 array, rounded once.

    float32: float64 holds the product exactly. float64: Dekker's exact product and Knuth's exact sum.
    """
    if x.dtype == np.float32:
        return (x.astype(np.float64) * factor + offset).astype(np.float32)
    product = x * factor
    if offset == 0.0 or abs(factor) > 2.0**900:  # so large that its splitting would overflow
        return product + offset
    (x_high, x_low), (f_high, f_low) = _split(x), _split(factor)
    product_error = ((x_high * f_high - product) + x_high * f_low + x_low * f_high) + x_low * f_low
    total = product + offset
    added = total - product
    sum_error = (product - (total - added)) + (offset - added)
    return np.asarray(total + (sum_error + product_error))


def _split(x: Any) -> tuple[Any, Any]:
    """Veltkamp's halves of a double: 26 bits each, their sum is x."""
    scaled = x * (2.0**27 + 1)
    high = scaled - (scaled - x)
    return high, x - high


# --- Logarithm, cosine and sine in float32 ----------------------------------------------------------------------------
# PyTorch's vectorised sampler of normals computes them by the polynomials of S. Moshier's Cephes library (`logf`,
# `cosf`, `sinf`), each `a * b + c` of which is one fused multiply-add. Here every value is a float64 that float32 can
# hold: the product of two such is exact, so one rounding after the sum gives the same number. The normals equal
# PyTorch's bit for bit on all values tried; with `np.log`, `np.cos` and `np.sin` one in six is an ulp or two off.

_F32 = np.dtype(np.float32)


def _constants(*values: float) -> list[Rounded]:
    """The values rounded to float32, as 0-d arrays (NumPy takes these faster than Python floats)."""
    return [np.array(value, np.float32).astype(np.float64) for value in values]


def _rows(*pairs: Iterable[float]) -> list[Rounded]:
    return [np.array(pair, np.float32).astype(np.float64)[:, None] for pair in pairs]


_LOG_FIRST, *_LOG = _constants(
    *(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1),
    *(-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1),
)
_SQRT_HALF = np.array(0.707106781186547524, np.float32).view(np.int32)
_LN2_LOW, _LN2_HIGH, _MINUS_HALF, _ONE = _constants(-2.12194440e-4, 0.693359375, -0.5, 1)
_FOUR_OVER_PI = np.array(1.27323954473516, np.float32)
_MINUS_QUARTER_PI = _constants(-0.78515625, -2.4187564849853516e-4, -3.774894977e-8)
# The coefficients of the cosine and of the sine, evaluated together.
_COS_SIN = _rows(
    (2.443315711809948e-5, -1.9515295891e-4),
    (-1.388731625493765e-3, 8.3321608736e-3),
    (4.166664568298827e-2, -1.6666654611e-1),
)


def _round(x: Rounded) -> Rounded:
    """Round in place to float32."""
    x[...] = x.astype(_F32)
    return x


def _fma32(a: Rounded, b: Rounded, c: Rounded) -> Rounded:
    """`a * b + c`, rounded once."""
    a = a * b
    a += c
    return _round(a)


def log32(x: Float32) -> Float32:
    """Natural logarithm of positive normal float32 values, shape (n,).

    >>> log32(np.array([0.5, 1, 4], np.float32))
    array([-0.6931472,  0.       ,  1.3862944], dtype=float32)
    """
    bits = x.view(np.int32)
    exponent = (bits - _SQRT_HALF) >> 23  # x = 2^exponent * mantissa, the mantissa in [sqrt(1/2), sqrt(2))
    mantissa = (bits - (exponent << 23)).view(np.float32).astype(np.float64)
    mantissa -= _ONE
    e, z = exponent.astype(np.float64), _round(mantissa * mantissa)
    y = _LOG_FIRST
    for coefficient in _LOG:
        y = _fma32(y, mantissa, coefficient)
    y = _fma32(_round(y * mantissa), z, _round(e * _LN2_LOW))
    y = _fma32(z, _MINUS_HALF, y)
    y += mantissa
    return _fma32(e, _LN2_HIGH, _round(y)).astype(_F32)


def cos_sin32(x: Float32) -> tuple[Float32, Float32]:
    """Cosine and sine of non-negative float32 angles, shape (n,).

    >>> cosine, sine = cos_sin32(np.array([0, 1], np.float32))
    >>> cosine.tolist() == [1, np.cos(np.float32(1))], sine[0] == 0
    (True, np.True_)
    """
    octant = (x * _FOUR_OVER_PI).astype(np.int32)
    octant += octant & 1  # to the nearest quarter turn
    turns, angle = octant.astype(np.float64), x.astype(np.float64)
    for part in _MINUS_QUARTER_PI:  # pi/4 in three parts, so that the reduction does not cancel
        angle = _fma32(turns, part, angle)
    z = _round(angle * angle)
    polynomials = _fma32(_fma32(_COS_SIN[0], z, _COS_SIN[1]), z, _COS_SIN[2])
    polynomials *= z
    cosine, sine = _round(polynomials)
    cosine = _fma32(cosine, z, z * _MINUS_HALF)
    cosine += _ONE
    cosine, sine = cosine.astype(_F32), _fma32(sine, angle, angle).astype(_F32)
    swap = (octant & 2).astype(np.bool_)
    cosine, sine = np.where(swap, sine, cosine), np.where(swap, cosine, sine)
    cosine.view(np.int32)[...] ^= ((octant + 2) & 4) << 29  # the sign bits
    sine.view(np.int32)[...] ^= (octant & 4) << 29
    return cosine, sine
