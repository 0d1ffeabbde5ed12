"""Arithmetic: the table of sums, products, quotients and powers, and the comparisons beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import raw
from minitorch.core.primitive import primitive, promote, promote_float
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import of_two, refuse, unsupported
from minitorch.ops.renamed import renamed

# --- The table --------------------------------------------------------------------------------------------------------

add = primitive("Add", np.add, a=lambda g: g, b=lambda g: g)
sub = primitive("Sub", np.subtract, a=lambda g: g, b=lambda g: -g)
minus = primitive(  # PyTorch's -, which refuses bools
    "Sub", np.subtract, prepare=lambda arrays: _no_bools(arrays), a=lambda g: g, b=lambda g: -g
)
mul = primitive("Mul", np.multiply, a=lambda g, b: g * b, b=lambda g, a: g * a)
div = primitive(
    "Div", np.true_divide, prepare=promote_float, a=lambda g, b: g / b, b=lambda g, a, b: -g * ((a / b) / b)
)
neg = primitive("Neg", lambda x: _negative(x), x=lambda g: -g)
power = primitive(  # x ** c for a number c
    "Pow",
    lambda x, *, exponent: x**exponent,
    x=lambda g, x, exponent: g * (exponent * x ** (exponent - 1)) if exponent != 0 else g * 0,
)
pow_tensor = primitive(
    "PowBackward1",
    lambda a, b: _power(a, b),
    a=lambda g, a, b: g * np.where(b == 0, 0.0, b * a ** np.where(b == 0, 1.0, b - 1)),
    b=lambda g, a, b, out: g * np.where(_zero_power(a, b), 0.0, out * np.log(np.where(_zero_power(a, b), 1.0, a))),
)
_pow_of_number = renamed(pow_tensor, "PowBackward2")
remainder = primitive(  # the sign of the divisor, as Python's %
    "Remainder", lambda a, b: _whole_division(np.remainder, a, b), a=lambda g: g, b=lambda g, a, b: -g * np.floor(a / b)
)
fmod = primitive(
    "Fmod", lambda a, b: _whole_division(np.fmod, a, b), a=lambda g: g, b=lambda g, a, b: -g * np.trunc(a / b)
)
maximum = primitive(  # a tie gives each side half
    "Maximum",
    of_two(np.maximum),
    a=lambda g, a, b: np.where(a == b, g / 2, np.where(a > b, g, 0.0)),
    b=lambda g, a, b: np.where(a == b, g / 2, np.where(b > a, g, 0.0)),
)
minimum = primitive(
    "Minimum",
    of_two(np.minimum),
    a=lambda g, a, b: np.where(a == b, g / 2, np.where(a < b, g, 0.0)),
    b=lambda g, a, b: np.where(a == b, g / 2, np.where(b < a, g, 0.0)),
)
atan2 = primitive(
    "Atan2",
    of_two(np.arctan2),
    prepare=promote_float,
    a=lambda g, a, b: g * (b / (a * a + b * b)),
    b=lambda g, a, b: g * (-a / (a * a + b * b)),
)
blend = primitive(
    "Lerp",
    lambda start, end, weight: np.where(
        np.abs(weight) < 0.5, start + weight * (end - start), end - (end - start) * (1 - weight)
    ),
    start=lambda g, weight: g * (1 - weight),
    end=lambda g, weight: g * weight,
    weight=lambda g, start, end: g * (end - start),
)
where = primitive(
    "Where",
    np.where,
    prepare=lambda arrays: [arrays[0], *_same_dtype(*promote(arrays[1:]))],
    condition=None,
    a=lambda g, condition: np.where(condition, g, 0.0),
    b=lambda g, condition: np.where(condition, 0.0, g),
)
cast = primitive("ToCopy", lambda x, *, dtype: x.astype(dtype), x=lambda g: g)
copy = primitive("Clone", lambda x: np.copy(x), x=lambda g: g)

# Without a derivative: they give bools or whole numbers.
eq = primitive("Eq", np.equal, a=None, b=None)
ne = primitive("Ne", np.not_equal, a=None, b=None)
lt = primitive("Lt", lambda a, b: _ordered(np.less, a, b), a=None, b=None)
le = primitive("Le", lambda a, b: _ordered(np.less_equal, a, b), a=None, b=None)
gt = primitive("Gt", lambda a, b: _ordered(np.greater, a, b), a=None, b=None)
ge = primitive("Ge", lambda a, b: _ordered(np.greater_equal, a, b), a=None, b=None)
logical_and = primitive("LogicalAnd", np.logical_and, a=None, b=None)
logical_or = primitive("LogicalOr", np.logical_or, a=None, b=None)
logical_xor = primitive("LogicalXor", np.logical_xor, a=None, b=None)
logical_not = primitive("LogicalNot", np.logical_not, x=None)
bitwise_and = primitive("BitwiseAnd", lambda a, b: _bits(np.bitwise_and, a, b), a=None, b=None)
bitwise_or = primitive("BitwiseOr", lambda a, b: _bits(np.bitwise_or, a, b), a=None, b=None)
bitwise_xor = primitive("BitwiseXor", lambda a, b: _bits(np.bitwise_xor, a, b), a=None, b=None)
bitwise_not = primitive("BitwiseNot", lambda x: _bits(np.invert, x), x=None)

for _numpy, _op in {
    np.add: add, np.subtract: sub, np.multiply: mul, np.true_divide: div, np.negative: neg,
    np.remainder: remainder, np.fmod: fmod, np.maximum: maximum, np.minimum: minimum, np.arctan2: atan2,
    np.equal: eq, np.not_equal: ne, np.less: lt, np.less_equal: le, np.greater: gt, np.greater_equal: ge,
    np.logical_and: logical_and, np.logical_or: logical_or, np.logical_xor: logical_xor, np.logical_not: logical_not,
    np.bitwise_and: bitwise_and, np.bitwise_or: bitwise_or, np.bitwise_xor: bitwise_xor, np.invert: bitwise_not,
}.items():  # fmt: skip
    register(_numpy, _op)
register(np.where, lambda condition, *ab: where(condition, *ab) if ab else np.nonzero(condition))


def _power(a: Any, b: Any) -> Any:
    kind = np.result_type(a, b).kind
    if kind in "iu" and np.any(np.asarray(b) < 0):  # 1 / a ** -b, rounded towards 0
        return np.where(np.asarray(b) < 0, np.where(np.abs(a) == 1, a ** (b & 1), 0), a ** np.maximum(b, 0))
    out = np.power(a, b)
    if out.dtype.kind in "iu" and np.result_type(a, b).kind == "b":
        raise unsupported("pow", np.zeros(0, np.bool_))
    return out


def _zero_power(a: Any, b: Any) -> Any:
    """Where 0 is raised to a power that makes it 0 (or 1), whatever small change the power has."""
    return (a == 0) & (np.real(b) >= 0)


def _same_dtype(a: Any, b: Any) -> Sequence[Any]:
    """Two numbers become arrays of PyTorch's dtype for them."""
    if isinstance(a, (np.ndarray, np.generic)) or isinstance(b, (np.ndarray, np.generic)):
        return a, b
    to = dtypes.result_numpy(a, b)
    return np.asarray(a, to), np.asarray(b, to)


def _negative(x: Any) -> Any:
    try:
        return np.negative(x)
    except TypeError:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
            "the `~` or `logical_not()` operator instead."
        ) from None


def _ordered(function: Any, a: Any, b: Any) -> Any:
    refuse(a, "c", function.__name__)
    refuse(b, "c", function.__name__)
    return function(a, b)


def _bits(function: Any, *args: Any) -> Any:
    for x in args:
        refuse(x, "fc", function.__name__)
    return function(*args)


def _whole_division(function: Any, a: Any, b: Any) -> Any:
    kind = np.result_type(a, b).kind
    if kind in "bc":
        raise unsupported(function.__name__, a, b)
    if kind in "iu" and not np.all(b):
        raise RuntimeError("ZeroDivisionError")
    with np.errstate(divide="ignore", invalid="ignore"):
        return function(a, b)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def pow(input: Any, exponent: Any) -> Tensor:
    """``input ** exponent``, elementwise; either may be a number (``torch.pow``).

    >>> import minitorch
    >>> minitorch.pow(minitorch.tensor([1.0, 2.0]), 3)
    tensor([1., 8.])
    """
    if isinstance(exponent, Tensor):
        if not isinstance(input, Tensor):  # as a tensor, so that the logarithm in its rule is taken in this dtype
            input = wrap(np.asarray(input, dtypes.result_numpy(input, exponent.array)))
            return _pow_of_number(input, exponent)
        out: Tensor = pow_tensor(input, exponent)
        return out
    exponent = exponent.item() if isinstance(exponent, np.generic) else exponent
    if input.array.dtype.kind in "biu":
        if isinstance(exponent, bool):
            return wrap(np.power(input.array, np.array(exponent, input.array.dtype)).astype(input.array.dtype))
        if input.array.dtype.kind == "b" and isinstance(exponent, int):
            input = cast(input, dtype=np.dtype(np.int64))
        if isinstance(exponent, (float, complex)):
            return power(cast(input, dtype=dtypes.result_numpy(input.array, exponent)), exponent=exponent)
        if exponent < 0 and not isinstance(exponent, bool):
            raise RuntimeError("Integers to negative integer powers are not allowed.")
    return power(input, exponent=exponent)


def add_scaled(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``input + alpha * other`` (``torch.add``)."""
    return add(input, other if _is_one(alpha) else mul(_checked(alpha, input, other), alpha))


def sub_scaled(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``input - alpha * other`` (``torch.sub``); bools are refused, as in PyTorch."""
    if not _is_one(alpha):
        _no_bools([x.array if isinstance(x, Tensor) else x for x in (input, other)])
        other = mul(_checked(alpha, input, other), alpha)
    return minus(input, other)


def _no_bools(arrays: Sequence[Any]) -> Sequence[Any]:
    """Promoted, as the policy of ``-``; PyTorch has it refuse bools."""
    for x in arrays:
        if isinstance(x, bool) or (hasattr(x, "dtype") and x.dtype.kind == "b"):
            raise RuntimeError(
                "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a "
                "mask, use the `~` or `logical_not()` operator instead."
            )
    return promote(arrays)


def _is_one(alpha: Any) -> bool:
    return not isinstance(alpha, Tensor) and alpha == 1


def _checked(alpha: Any, input: Any, other: Any) -> Any:
    if isinstance(alpha, float) and all(
        not isinstance(x, Tensor) or x.array.dtype.kind in "iub" for x in (input, other)
    ):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    return other


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``other - alpha * input`` (``torch.rsub``)."""
    return sub_scaled(other, input, alpha=alpha)


def divide(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``; with ``rounding_mode`` "floor" or "trunc", rounded so and of the promoted dtype
    (``torch.div``).
    """
    if rounding_mode is None:
        return div(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    x, y = (t.array if isinstance(t, Tensor) else t for t in (input, other))
    to = dtypes.result_numpy(x, y)
    if to.kind in "iub":
        if to.kind == "b":
            raise unsupported(f"div_{rounding_mode}", np.zeros(0, to))
        if not np.all(raw(y)):
            raise RuntimeError("ZeroDivisionError")
        quotient = np.floor_divide(x, y)
        if rounding_mode == "trunc":
            quotient = quotient + ((np.remainder(x, y) != 0) & (np.less(x, 0) != np.less(y, 0)))
        return wrap(quotient.astype(to))
    return (floor if rounding_mode == "floor" else trunc)(div(input, other))


def floor_divide(input: Any, other: Any) -> Tensor:
    """``input // other``, rounded down (``torch.floor_divide``)."""
    return divide(input, other, rounding_mode="floor")


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """``input + weight * (end - input)``, a number or a tensor for the weight (``torch.lerp``)."""
    if end.array.dtype != input.array.dtype:
        raise RuntimeError(f"expected dtype {input.dtype} for `end` but got dtype {end.dtype}: lerp does not promote")
    refuse(input.array, "biu", "lerp_kernel_scalar")
    return blend(input, end, weight)


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``input + value * tensor1 * tensor2`` (``torch.addcmul``)."""
    if all(x.array.dtype.kind == "b" for x in (input, tensor1, tensor2)):
        raise unsupported("addcmul", input.array)
    return add_scaled(input, mul(tensor1, tensor2), alpha=value)


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``input + value * tensor1 / tensor2`` (``torch.addcdiv``)."""
    if tensor1.array.dtype.kind in "biu" and tensor2.array.dtype.kind in "biu":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future release addcdiv will perform a true "
            "division of tensor1 and tensor2. Convert them with .float()"
        )
    return add_scaled(input, div(tensor1, tensor2), alpha=value)


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and elements (``torch.equal``)."""
    return np.array_equal(input.array, other.array)


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Elementwise ``|input - other| <= atol + rtol * |other|`` (``torch.isclose``)."""
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance}")
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(f"{input.dtype} did not match {other.dtype}: isclose compares tensors of one dtype")
    return wrap(np.isclose(input.array, other.array, rtol=rtol, atol=atol, equal_nan=equal_nan))


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether every element is close (``torch.allclose``)."""
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())


floor = primitive("Floor", lambda x: rounded(np.floor, x), x=lambda g: g * 0)
trunc = primitive("Trunc", lambda x: rounded(np.trunc, x), x=lambda g: g * 0)


def rounded(function: Any, x: Any) -> Any:
    """Numbers rounded by a function of NumPy; whole ones are already."""
    if x.dtype.kind in "iu":
        return x
    refuse(x, "bc", function.__name__)
    return function(x)


register(np.floor, floor)
register(np.trunc, trunc)
