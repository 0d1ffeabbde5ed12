"""Pointwise functions of one input: exponentials, roots, trigonometry, rounding and limits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, promote_float, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import refuse, unsupported
from minitorch.ops.arithmetic import copy, gt, logical_or, lt, ne, rounded, where
from minitorch.ops.erf import erf_of
from minitorch.ops.renamed import renamed

# --- The table --------------------------------------------------------------------------------------------------------

_real: dict[str, Any] = {"prepare": promote_float}

exp = primitive("Exp", np.exp, **_real, x=lambda g, out: g * out)
exp2 = primitive("Exp2", np.exp2, **_real, x=lambda g, out: g * out * math.log(2))
expm1 = primitive("Expm1", np.expm1, **_real, x=lambda g, out: g * (out + 1))
log = primitive("Log", np.log, **_real, x=lambda g, x: g / x)
log2 = primitive("Log2", np.log2, **_real, x=lambda g, x: g / (x * math.log(2)))
log10 = primitive("Log10", np.log10, **_real, x=lambda g, x: g / (x * math.log(10)))
log1p = primitive("Log1P", np.log1p, **_real, x=lambda g, x: g / (x + 1))
sqrt = primitive("Sqrt", np.sqrt, **_real, x=lambda g, out: g / (2 * out))
rsqrt = primitive("Rsqrt", lambda x: 1 / np.sqrt(x), **_real, x=lambda g, out: -0.5 * g * out * out * out)
reciprocal = primitive("Reciprocal", lambda x: 1 / x, **_real, x=lambda g, out: -g * out * out)
square = primitive(
    "Pow", lambda x: np.square(x) if x.dtype.kind != "b" else x.astype(np.int64), x=lambda g, x: g * (2 * x)
)
abs = primitive("Abs", lambda x: _abs(x), x=lambda g, x: g * np.sign(x))
sign = primitive("Sign", lambda x: _sign(x), x=lambda g: g * 0)
sin = primitive("Sin", np.sin, **_real, x=lambda g, x: g * np.cos(x))
cos = primitive("Cos", np.cos, **_real, x=lambda g, x: -g * np.sin(x))
tan = primitive("Tan", np.tan, **_real, x=lambda g, out: g * (1 + out * out))
asin = primitive("Asin", np.arcsin, **_real, x=lambda g, x: g / np.sqrt(1 - x * x))
acos = primitive("Acos", np.arccos, **_real, x=lambda g, x: -g / np.sqrt(1 - x * x))
atan = primitive("Atan", np.arctan, **_real, x=lambda g, x: g / (x * x + 1))
sinh = primitive("Sinh", np.sinh, **_real, x=lambda g, x: g * np.cosh(x))
cosh = primitive("Cosh", np.cosh, **_real, x=lambda g, x: g * np.sinh(x))
tanh = primitive("Tanh", np.tanh, **_real, x=lambda g, out: g * (1 - out * out))
asinh = primitive("Asinh", np.arcsinh, **_real, x=lambda g, x: g / np.sqrt(x * x + 1))
acosh = primitive("Acosh", np.arccosh, **_real, x=lambda g, x: g / (np.sqrt(x - 1) * np.sqrt(x + 1)))
atanh = primitive("Atanh", np.arctanh, **_real, x=lambda g, x: g / (1 - x * x))
ceil = primitive("Ceil", lambda x: rounded(np.ceil, x), x=lambda g: g * 0)
rint = primitive("Round", lambda x: rounded(np.rint, x), x=lambda g: g * 0)
erf = primitive("Erf", lambda x: erf_of(x), **_real, x=lambda g, x: g * (2 / math.sqrt(math.pi)) * np.exp(-x * x))

deg2rad = primitive("Deg2Rad", lambda x: _scaled(x, math.pi / 180), **_real, x=lambda g: g * (math.pi / 180))
rad2deg = primitive("Rad2Deg", lambda x: _scaled(x, 180 / math.pi), **_real, x=lambda g: g * (180 / math.pi))
sinc = primitive(  # sin(pi x) / (pi x)
    "Sinc",
    np.sinc,
    **_real,
    x=lambda g, x: g * np.where(x == 0, 0.0, (np.cos(math.pi * x) - np.sinc(x)) / np.where(x == 0, 1.0, x)),
)
log_odds = primitive(  # log(x / (1 - x)), x moved into [eps, 1 - eps] if eps is given
    "Logit",
    lambda x, *, eps: _logit(x, eps),
    **_real,
    x=lambda g, x, eps: g * np.where(_inside(x, eps), 1 / (x * (1 - x)), 0.0 if eps is not None else math.nan),
)
finite = primitive(
    "NanToNum",
    lambda x, *, nan, posinf, neginf: np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf),
    prepare=same,
    x=lambda g, x: np.where(np.isfinite(x), g, 0.0),
)
sigmoid = primitive("Sigmoid", lambda x: _sigmoid(x), **_real, x=lambda g, out: g * (out * (1 - out)))
clip = primitive(  # between two numbers, either of which may be None; the gradient passes at the ends too
    "ClampBackward1",
    lambda x, *, low, high: np.clip(x, low, high),
    x=lambda g, x, low, high: g * ((True if low is None else x >= low) & (True if high is None else x <= high)),
)
_clamp_min, _clamp_max, _bounded = renamed(clip, "ClampMin"), renamed(clip, "ClampMax"), renamed(where, "Clamp")

isnan = primitive("Isnan", np.isnan, x=None)
isinf = primitive("Isinf", np.isinf, x=None)
isfinite = primitive("Isfinite", np.isfinite, x=None)
signbit = primitive("Signbit", lambda x: _signbit(x), x=None)

for _numpy, _op in {
    np.exp: exp, np.exp2: exp2, np.expm1: expm1, np.log: log, np.log2: log2, np.log10: log10, np.log1p: log1p,
    np.sqrt: sqrt, np.square: square, np.abs: abs, np.sin: sin, np.cos: cos, np.tan: tan,
    np.arcsin: asin, np.arccos: acos, np.arctan: atan, np.sinh: sinh, np.cosh: cosh, np.tanh: tanh,
    np.arcsinh: asinh, np.arccosh: acosh, np.arctanh: atanh, np.ceil: ceil, np.rint: rint,
    np.sinc: sinc, np.deg2rad: deg2rad, np.rad2deg: rad2deg, np.isnan: isnan, np.isinf: isinf, np.isfinite: isfinite,
    np.signbit: signbit, np.reciprocal: reciprocal,
}.items():  # fmt: skip
    register(_numpy, _op)


def _special(name: str, *args: Any) -> Any:
    """A function of SciPy's in the precision of its arguments; complex ones are refused, as in PyTorch."""
    import scipy.special

    to = np.result_type(*args)
    if to.kind == "c":
        raise unsupported(name, *args)
    out = getattr(scipy.special, name)(*args)
    return out if isinstance(out, tuple) or out.dtype == to else out.astype(to)


def _scaled(x: Any, factor: float) -> Any:
    if x.dtype.kind == "c":
        raise RuntimeError("deg2rad and rad2deg are not supported for complex tensors.")
    return x * factor


def _abs(x: Any) -> Any:
    if x.dtype.kind == "b":
        raise unsupported("abs", x)
    return np.abs(x)


def _signbit(x: Any) -> Any:
    if x.dtype.kind == "c":
        raise NotImplementedError("signbit is not implemented for complex tensors.")
    return np.signbit(x)


def _sign(x: Any) -> Any:
    if x.dtype.kind == "c":
        raise NotImplementedError(
            "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."
        )
    return x if x.dtype.kind == "b" else np.sign(x)


def _sigmoid(x: Any) -> Any:
    if x.dtype.kind == "c":
        return 1 / (1 + np.exp(-x))
    # One exponential of a non-positive number: it cannot overflow, and both halves keep their precision.
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def _logit(x: Any, eps: float | None) -> Any:
    z = x if eps is None else np.clip(x, eps, 1 - eps)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(z / (1 - z))


def _inside(x: Any, eps: float | None) -> Any:
    return (x >= (0 if eps is None else eps)) & (x <= (1 if eps is None else 1 - eps))


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Limits every element to ``[min, max]``; the bounds are numbers or tensors, one of which may be missing.

    >>> import minitorch
    >>> minitorch.clamp(minitorch.tensor([-2.0, 0.5, 3.0]), min=-1, max=1)
    tensor([-1.0000,  0.5000,  1.0000])
    """
    return _clamped(clip, input, min, max)


def _clamped(row: Any, input: Tensor, min: Any, max: Any) -> Tensor:
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        low = input if min is None else _bounded(_beyond(input, min, lt), min, input)
        return low if max is None else _bounded(_beyond(low, max, gt), max, low)
    kind = input.array.dtype.kind
    if kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    if kind in "iub" and (isinstance(min, float) or isinstance(max, float)):
        input = where(True, input, 0.0)  # the promoted dtype
    out: Tensor = row(input, low=min, high=max)
    return out


def _beyond(x: Tensor, bound: Any, further: Any) -> Tensor:
    """Where a bound takes the place of x: at a tie it does not (all of the gradient is x's), if it is NaN it does."""
    taken: Tensor = further(x, bound)
    return logical_or(taken, ne(bound, bound)) if isinstance(bound, Tensor) else taken


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """``clamp`` from below only."""
    return _clamped(_clamp_min, input, min, None)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """``clamp`` from above only."""
    return _clamped(_clamp_max, input, None, max)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest whole number, halves to even; with ``decimals``, that many places kept (``torch.round``)."""
    if decimals == 0:
        return rint(input)
    scale = math.pow(10.0, math.fabs(decimals))
    return rint(input * scale) / scale if decimals > 0 else rint(input / scale) * scale


def positive(input: Tensor) -> Tensor:
    """The input itself (``torch.positive``)."""
    if input.array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def frac(input: Tensor) -> Tensor:
    """The part behind the point, with the sign of the input (``torch.frac``)."""
    refuse(input.array, "biu", "frac")
    return input - np.trunc(input)  # type: ignore[return-value]


def _no_complex(input: Tensor, function: str) -> None:
    if input.array.dtype.kind == "c":
        raise RuntimeError(f"{function} does not support complex inputs.")


def isneginf(input: Tensor) -> Tensor:
    """Which elements are minus infinity (``torch.isneginf``)."""
    _no_complex(input, "isneginf")
    return wrap(np.isneginf(input.array) if input.array.dtype.kind == "f" else np.zeros(input.array.shape, np.bool_))


def isposinf(input: Tensor) -> Tensor:
    """Which elements are plus infinity (``torch.isposinf``)."""
    _no_complex(input, "isposinf")
    return wrap(np.isposinf(input.array) if input.array.dtype.kind == "f" else np.zeros(input.array.shape, np.bool_))


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """``log(x / (1 - x))``; with ``eps``, of x moved into [eps, 1 - eps] (``torch.logit``)."""
    return log_odds(input, eps=eps)


def nan_to_num(
    input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """NaN and infinities replaced: by 0 and the dtype's largest and smallest numbers, or as said
    (``torch.nan_to_num``).
    """
    if input.array.dtype.kind not in "fc":
        return copy(input)
    info = np.finfo(input.array.dtype)
    top = float(info.max) if posinf is None else posinf
    return finite(
        input, nan=0.0 if nan is None else nan, posinf=top, neginf=float(info.min) if neginf is None else neginf
    )
