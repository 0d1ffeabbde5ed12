"""Functions of two inputs beyond arithmetic: logarithms of sums, hypotenuses, signs, whole-number functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.primitive import primitive, promote_float
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import of_two, refuse, unsupported
from minitorch.ops.arithmetic import cast, mul, pow
from minitorch.ops.pointwise import sigmoid

# --- The table --------------------------------------------------------------------------------------------------------

_real: dict[str, Any] = {"prepare": promote_float}

hypot = primitive(
    "Hypot", lambda a, b: _hypot(a, b), a=lambda g, a, out: g * (a / out), b=lambda g, b, out: g * (b / out)
)
logaddexp = primitive(
    "Logaddexp",
    lambda a, b: log_of_sum(a, b),
    a=lambda g, a, b: g * sigmoid(a - b),
    b=lambda g, a, b: g * sigmoid(b - a),
)
logaddexp2 = primitive(
    "Logaddexp2",
    of_two(np.logaddexp2),
    a=lambda g, a, b: g * sigmoid((a - b) * math.log(2)),
    b=lambda g, a, b: g * sigmoid((b - a) * math.log(2)),
)
xlogy = primitive(  # a log b, and 0 where a is 0
    "Xlogy",
    lambda a, b: _xlog(np.log, a, b),
    **_real,
    a=lambda g, a, b: g * np.log(np.where((a == 0) & (b <= 0), 1.0, b)),
    b=lambda g, a, b: g * a / b,
)
xlog1py = primitive(
    "SpecialXlog1Py",
    lambda a, b: _xlog(np.log1p, a, b),
    **_real,
    a=lambda g, a, b: g * np.log1p(np.where((a == 0) & (b <= -1), 0.0, b)),
    b=lambda g, a, b: g * a / (b + 1),
)
fmax = primitive(
    "Fmax",
    of_two(np.fmax),
    a=lambda g, a, b: np.where((a >= b) | np.isnan(b), g, 0.0),
    b=lambda g, a, b: np.where((a >= b) | np.isnan(b), 0.0, g),
)
fmin = primitive(
    "Fmin",
    of_two(np.fmin),
    a=lambda g, a, b: np.where((a <= b) | np.isnan(b), g, 0.0),
    b=lambda g, a, b: np.where((a <= b) | np.isnan(b), 0.0, g),
)
copysign = primitive(
    "Copysign",
    of_two(np.copysign),
    **_real,
    a=lambda g, a, b: g * (np.sign(a) * np.copysign(np.sign(a), b)),
    b=lambda g: g * 0,
)

# Without a derivative.
step = primitive("Heaviside", lambda a, b: _heaviside(a, b), a=None, b=None)
nextafter = primitive(
    "Nextafter",
    of_two(np.nextafter, "biuc"),
    a=lambda g: g,
    b=lambda g: g * 0,
)
gcd = primitive("Gcd", of_two(np.gcd), a=None, b=None)
lcm = primitive("Lcm", of_two(np.lcm), a=None, b=None)
bitwise_left_shift = primitive("BitwiseLeftShift", np.left_shift, a=None, b=None)
bitwise_right_shift = primitive("BitwiseRightShift", np.right_shift, a=None, b=None)

for _numpy, _op in {
    np.hypot: hypot, np.logaddexp: logaddexp, np.logaddexp2: logaddexp2, np.fmax: fmax, np.fmin: fmin,
    np.copysign: copysign, np.nextafter: nextafter, np.heaviside: step, np.gcd: gcd, np.lcm: lcm,
    np.left_shift: bitwise_left_shift, np.right_shift: bitwise_right_shift,
}.items():  # fmt: skip
    register(_numpy, _op)


def _hypot(a: Any, b: Any) -> Any:
    refuse(a, "biuc", "hypot") if np.result_type(a, b).kind in "biuc" else None
    return np.hypot(a, b)


def log_of_sum(a: Any, b: Any) -> Any:
    """``log(exp(a) + exp(b))`` of arrays, complex ones too."""
    kind = np.result_type(a, b).kind
    if kind in "biu":
        raise unsupported("logaddexp", a, b)
    if kind != "c":
        return np.logaddexp(a, b)
    swap = np.real(a) < np.real(b)
    top, low = np.where(swap, b, a), np.where(swap, a, b)
    return top + np.log1p(np.exp(low - top))


def _xlog(log: Any, a: Any, b: Any) -> Any:
    refuse(a, "c", "xlogy")
    refuse(b, "c", "xlogy")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((a == 0) & ~np.isnan(b), np.zeros_like(a * b), a * log(b))


def _heaviside(a: Any, b: Any) -> Any:
    return np.where(a == 0, b, (a > 0).astype(b.dtype) if isinstance(b, np.ndarray) else a > 0)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above it, and ``values`` at it (``torch.heaviside``)."""
    if input.array.dtype != values.array.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return step(input, values)


def float_power(input: Any, exponent: Any) -> Tensor:
    """``input ** exponent`` computed in float64, or complex128 (``torch.float_power``)."""
    to = dtypes.complex128 if _is_complex(input) or _is_complex(exponent) else dtypes.float64
    base = cast(input, dtype=to.numpy) if isinstance(input, Tensor) else to.numpy.type(input).item()
    power = cast(exponent, dtype=to.numpy) if isinstance(exponent, Tensor) else exponent
    return pow(base, power)


def _is_complex(x: Any) -> bool:
    return x.array.dtype.kind == "c" if isinstance(x, Tensor) else isinstance(x, complex)


def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """``input * 2 ** other`` (``torch.ldexp``)."""
    return mul(input, pow(2.0, other))
