"""Elementwise calls whose results a compiled loop computes to the last bit, as expressions of an element."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.capture.calls import Call
from minitorch.capture.standin import StandIn, ndarray

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
BOOL = np.dtype(bool)

_ARITHMETIC: dict[Any, str] = {
    np.add: "{0} + {1}", np.subtract: "{0} - {1}", np.multiply: "{0} * {1}", np.true_divide: "{0} / {1}",
    np.negative: "-{0}", np.positive: "{0}", np.absolute: "abs({0})", np.sqrt: "sqrt({0})", np.square: "{0} * {0}",
    np.reciprocal: "F(1.0) / {0}",
    np.sign: "F(1.0) if {0} > 0 else F(-1.0) if {0} < 0 else F(0.0) if {0} == 0 else {0}",
}  # fmt: skip
_COMPARISONS: dict[Any, str] = {
    np.greater: "{0} > {1}", np.greater_equal: "{0} >= {1}", np.less: "{0} < {1}", np.less_equal: "{0} <= {1}",
    np.equal: "{0} == {1}", np.not_equal: "{0} != {1}",
}  # fmt: skip
_MAXIMUM, _MINIMUM = "{0} if {0} > {1} or {0} != {0} else {1}", "{0} if {0} < {1} or {0} != {0} else {1}"

_COPIES = (ndarray.astype, ndarray.copy, np.copy)


def _second_of_equals() -> bool:
    """Whether NumPy's maximum and minimum give the second of 0 and -0, as the kernels do: processors differ."""
    zeros = np.zeros(67, np.float32), np.zeros(67)
    pairs = [pair for x in zeros for pair in ((x, -x), (-x, x))]
    return all(np.array_equal(np.signbit(f(a, b)), np.signbit(b)) for f in (np.maximum, np.minimum) for a, b in pairs)


if _second_of_equals():
    _ARITHMETIC |= {np.maximum: _MAXIMUM, np.minimum: _MINIMUM}
_ELEMENTWISE = _ARITHMETIC | _COMPARISONS


def is_float(dtype: Any) -> bool:
    return dtype is not None and dtype in FLOATS  # None would count as float64


def elementwise(call: Call) -> tuple[str, Sequence[Any], StandIn] | None:
    """The expression of an element, the operands and the result; None for any other call."""
    function, args, kwargs = call.function, call.args, call.kwargs
    if call.kind != "array":
        return None
    if function is np.copyto and not kwargs and len(args) == 2 and type(args[0]) is StandIn:
        return "{0}", args[1:], args[0]
    x = call.result
    if type(x) is not StandIn or not isinstance(x.value, ndarray):
        return None
    if isinstance(function, np.ufunc) and function in _ELEMENTWISE and not kwargs.keys() - {"out"}:
        return _ELEMENTWISE[function], args[: function.nin], x
    if function in _COPIES and type(args[0]) is StandIn and x is not args[0]:
        return "{0}", args[:1], x
    if kwargs:
        return None
    if function is operator.pow and type(args[1]) is int and args[1] in (1, 2):
        return ("{0}" if args[1] == 1 else "{0} * {0}"), args[:1], x
    if function is np.where and len(args) == 3:
        return "where: {1} if {0} else {2}", args, x
    if function is np.clip and len(args) == 3 and all(type(a) in (int, float) and a != 0 and a == a for a in args[1:]):
        return "{1} if {0} < {1} else {2} if {0} > {2} else {0}", args, x
    return None


def exact(function: Any, template: str, operands: Sequence[Any], out: Any) -> bool:
    """Whether NumPy computes in the dtype of the result, or in that of the operands for a comparison."""
    dtypes = [a.dtype for a in operands if a.dtype is not None]
    if "where" in template:
        return (
            dtypes[:1] == [BOOL]
            and operands[0].dtype == BOOL
            and set(dtypes[1:]) == {out.dtype}
            and out.dtype in FLOATS
        )
    if function in _COMPARISONS:
        return out.dtype == BOOL and len(set(dtypes)) == 1 and dtypes[0] in FLOATS
    if out.dtype == BOOL:
        return template == "{0}" and dtypes == [BOOL]
    return set(dtypes) <= {out.dtype, BOOL} and (template == "{0}" or out.dtype in dtypes)


def layout(shape: tuple[int, ...], whole: tuple[int, ...]) -> str | None:
    """How an array lies beside one of shape ``whole`` that it is broadcast to."""
    if math.prod(shape) == 1:
        return "one"
    if math.prod(shape) == math.prod(whole):
        return "flat"
    if len(shape) > len(whole):
        return None
    shape = (1,) * (len(whole) - len(shape)) + shape
    for k in range(1, len(whole)):
        if shape == (1,) * k + whole[k:]:
            return "row"
        if shape == whole[:k] + (1,) * (len(whole) - k):
            return "column"
    return None
