"""The module's functions: what methods.py lists, with PyTorch's argument names and ``out=``.

A row of a derivative table takes its inputs by position alone and gives a new tensor. The functions here add the
names and ``out=``; methods and operators go to the rows directly. Type checkers and editors read ``functions.pyi``,
which ``tools/make_stubs.py`` writes from the same list.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from minitorch.core import dtypes, inplace
from minitorch.core import mode as grad_mode
from minitorch.core.tensor import Tensor
from minitorch.methods import BOTH, IN_PLACE, functions, words

Function = Callable[..., Any]

# Those that write their result where they are told: most that are not views, predicates or creations (which do it
# themselves).
TAKES_OUT = words("""
    add sub subtract multiply div divide true_divide floor_divide pow addcmul addcdiv lerp clamp clip clamp_min
    clamp_max round frac logit nan_to_num sum mean amax amin argmax argmin all any prod var std logsumexp nansum
    nanmean cumsum cumprod logcumsumexp diff msort quantile nanquantile cat concat concatenate stack hstack vstack
    row_stack column_stack dstack gather index_select masked_select take take_along_dim scatter scatter_add
    index_add index_copy triu tril diag matmul mm bmm mv dot inner outer addmm addmv addbmm addr baddbmm kron
    cross vdot tensordot inverse cholesky cholesky_solve cholesky_inverse softmax log_softmax float_power ldexp
    polygamma mvlgamma renorm conj_physical sgn angle complex polar bucketize searchsorted isin histc nonzero
    isposinf isneginf eq ne
""")

# What the rows give, elementwise. (Other functions have their own docstrings.)
DESCRIPTIONS = {
    "abs": "Absolute values; of complex numbers, their sizes.",
    "acos": "Arc cosines.",
    "acosh": "Inverse hyperbolic cosines.",
    "asin": "Arc sines.",
    "asinh": "Inverse hyperbolic sines.",
    "atan": "Arc tangents.",
    "atan2": "Angles of the points (other, input), in (-pi, pi].",
    "atanh": "Inverse hyperbolic tangents.",
    "bitwise_and": "Both bits.",
    "bitwise_left_shift": "``input * 2 ** other``, by shifting bits.",
    "bitwise_not": "Bits turned over; of bools, not.",
    "bitwise_or": "Either bit.",
    "bitwise_right_shift": "``input // 2 ** other``, by shifting bits.",
    "bitwise_xor": "One bit but not both.",
    "ceil": "The next whole numbers above.",
    "copysign": "``input`` with the signs of ``other``.",
    "cos": "Cosines.",
    "cosh": "Hyperbolic cosines.",
    "deg2rad": "Degrees in radians.",
    "digamma": "The derivative of lgamma.",
    "eq": "Where they are equal.",
    "erf": "The error function.",
    "erfc": "1 - erf, without losing digits.",
    "erfinv": "The inverse of erf.",
    "exp": "e to the power of each element.",
    "exp2": "2 to the power of each element.",
    "expm1": "exp - 1, without losing digits near 0.",
    "floor": "The next whole numbers below.",
    "fmax": "The larger of two; NaN only where both are.",
    "fmin": "The smaller of two; NaN only where both are.",
    "fmod": "The remainder with the sign of the dividend.",
    "gcd": "Greatest common divisors.",
    "ge": "Where input >= other.",
    "gt": "Where input > other.",
    "hypot": "sqrt(input^2 + other^2).",
    "i0": "The modified Bessel function of order 0.",
    "igamma": "The regularised lower incomplete gamma function.",
    "igammac": "The regularised upper incomplete gamma function.",
    "isfinite": "Where it is neither infinite nor NaN.",
    "isinf": "Where it is infinite.",
    "isnan": "Where it is NaN.",
    "lcm": "Least common multiples.",
    "le": "Where input <= other.",
    "lgamma": "Logarithms of the absolute gamma function.",
    "log": "Natural logarithms.",
    "log10": "Logarithms to base 10.",
    "log1p": "log(1 + x), without losing digits near 0.",
    "log2": "Logarithms to base 2.",
    "logaddexp": "log(exp(input) + exp(other)), without overflow.",
    "logaddexp2": "log2(2^input + 2^other), without overflow.",
    "logical_and": "Where both are not zero.",
    "logical_not": "Where it is zero.",
    "logical_or": "Where one is not zero.",
    "logical_xor": "Where just one is not zero.",
    "lt": "Where input < other.",
    "maximum": "The larger of two; a tie shares the gradient.",
    "minimum": "The smaller of two; a tie shares the gradient.",
    "mul": "Products.",
    "ne": "Where they differ.",
    "neg": "Negatives.",
    "nextafter": "The next floating numbers towards ``other``.",
    "rad2deg": "Radians in degrees.",
    "reciprocal": "1 / x.",
    "relu": "max(x, 0).",
    "remainder": "The remainder with the sign of the divisor, as Python's %.",
    "rsqrt": "1 / sqrt(x).",
    "sigmoid": "1 / (1 + exp(-x)).",
    "sign": "-1, 0 or 1.",
    "signbit": "Where the sign bit is set.",
    "sin": "Sines.",
    "sinc": "sin(pi x) / (pi x).",
    "sinh": "Hyperbolic sines.",
    "sqrt": "Square roots.",
    "square": "Squares.",
    "tan": "Tangents.",
    "tanh": "Hyperbolic tangents.",
    "true_divide": "Quotients.",
    "trunc": "Whole numbers towards 0.",
    "xlogy": "input * log(other), and 0 where input is 0.",
}


def written(result: Tensor, out: Tensor) -> Tensor:
    """The result, written into ``out``, which takes its shape; as in PyTorch, nothing of that is recorded."""
    if grad_mode.mode.grad and (result._requires_grad or out._requires_grad):
        raise RuntimeError(
            "functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad. Compute it under no_grad(), or without out="
        )
    if not dtypes.can_cast(dtypes.of(result.array.dtype), dtypes.of(out.array.dtype)):
        raise RuntimeError(
            f"result type {result.dtype.alias} can't be cast to the desired output type {out.dtype.alias}"
        )
    if out.array.shape != result.array.shape:
        out.array = result.array.astype(out.array.dtype)
        out._bump()
        return out
    return inplace.copy_(out, result)


def unary(row: Function) -> Function:
    """The function ``(input, *, out=None)`` of a row with one input."""

    def function(input: Tensor, *, out: Tensor | None = None) -> Any:
        return row(input) if out is None else written(row(input), out)

    return function


def binary(row: Function) -> Function:
    """The function ``(input, other, *, out=None)`` of a row with two inputs."""

    def function(input: Any, other: Any, *, out: Tensor | None = None) -> Any:
        return row(input, other) if out is None else written(row(input, other), out)

    return function


def with_out(function: Function) -> Function:
    """A function that also takes ``out=``."""

    @wraps(function)
    def wrapped(*args: Any, out: Tensor | None = None, **kwargs: Any) -> Any:
        return function(*args, **kwargs) if out is None else written(function(*args, **kwargs), out)

    return wrapped


def _public(name: str, function: Function) -> Function:
    row = getattr(function, "row", None)
    if row is not None:
        made = (unary if len(row.inputs) == 1 else binary)(function)
        made.__name__ = made.__qualname__ = name
        same = next(other for other, op in BOTH.items() if op is function)  # the first name of an alias
        made.__doc__ = f"{DESCRIPTIONS[same]} (``torch.{name}``)"
        return made
    return with_out(function) if name in TAKES_OUT else function


def public() -> dict[str, Function]:
    """Every function of the module by name; the in-place ones (``minitorch.exp_(x)``) are Tensor's methods."""
    found = {name: _public(name, function) for name, function in functions().items()}
    return (
        found
        | {f"{name}_": getattr(Tensor, f"{name}_") for name in IN_PLACE if name in found}
        | {name: getattr(Tensor, name) for name in ("zero_", "fill_", "as_strided_")}
    )


_public_functions = public()
globals().update(_public_functions)
__all__ = sorted(_public_functions)
