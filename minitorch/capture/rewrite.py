"""How a call is written so that its result goes to a buffer made beforehand: a table by function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.capture.calls import Call
from minitorch.capture.source import Source
from minitorch.capture.standin import StandIn, ndarray

Of = Callable[[StandIn], str]

_REDUCTIONS = {
    np.sum: np.add, ndarray.sum: np.add, np.prod: np.multiply, ndarray.prod: np.multiply, np.max: np.maximum,
    np.amax: np.maximum, ndarray.max: np.maximum, np.min: np.minimum, np.amin: np.minimum, ndarray.min: np.minimum,
}  # fmt: skip
_COPIES = {np.copy, ndarray.copy, ndarray.astype}
_JOINS = {np.concatenate, np.stack}
BLANKS: dict[Any, Any] = {np.zeros_like: 0, np.ones_like: 1, np.empty_like: None}


def into(source: Source, call: Call, of: Of, buffer: Callable[[StandIn], str]) -> str | None:
    """The statement that writes a call's result to its buffer; None for a function that cannot."""
    function, args, kwargs, x = call.function, call.args, dict(call.kwargs), call.result
    if function in BLANKS:
        name, value = buffer(x), BLANKS[function]
        return f"pass  # {name} is written below" if value is None else f"{name}.fill({value})"
    if function in _COPIES and type(args[0]) is StandIn and isinstance(args[0].value, ndarray):
        given = of(args[0])
        cast = ', casting="unsafe"' if function is ndarray.astype else ""
        return f"copyto({buffer(x)}, {given}{cast})"
    if function in _REDUCTIONS and isinstance(args[0].value, ndarray):
        reduce = _REDUCTIONS[function].reduce
        axis = args[1] if len(args) > 1 else kwargs.pop("axis", None)
        if len(args) > 2 or kwargs.keys() - {"keepdims", "dtype"}:
            return None
        text = source.call(reduce, (args[0], axis), kwargs, of)
        return f"{text[:-1]}, out={buffer(x)})"
    if function in _JOINS:
        text = source.call(function, args, kwargs, of)
        return f"{text[:-1]}, out={buffer(x)})"
    if isinstance(function, np.ufunc) and function.nout == 1 and len(args) == function.nin:
        return ufunc(source, function, args, kwargs, of, x, buffer(x))
    if isinstance(getattr(function, "__self__", None), np.ufunc) and function.__name__ == "reduce":
        text = source.call(function, args, kwargs, of)
        return f"{text[:-1]}, out={buffer(x)})"
    return None


def ufunc(source: Source, function: np.ufunc, args: Any, kwargs: Any, of: Of, x: StandIn, out: str) -> str:
    """A universal function that writes to ``out``."""
    words = [a if isinstance(a, str) else source.text(a, of) for a in (_strong(source, a, x) for a in args)]
    words.append(f"out={out}" if function in (np.maximum, np.minimum) else out)  # those want it by name
    words += [f"{k}={source.text(v, of)}" for k, v in kwargs.items()]
    return f"{source.function(function)}({', '.join(words)})"


_OPERATORS: dict[Any, str] = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.true_divide: "/", np.greater: ">", np.greater_equal: ">=",
    np.less: "<", np.less_equal: "<=", np.equal: "==", np.not_equal: "!=",
}  # fmt: skip


def scalar(source: Source, call: Call, of: Of) -> str | None:
    """A call that gives a NumPy scalar, written in a faster way; None if there is none.

    An operator on NumPy's scalars takes a tenth of the function's time; a reduction needs no method in between.
    """
    function, args = call.function, call.args
    if function in _REDUCTIONS and not call.kwargs and len(args) == 1 and isinstance(args[0].value, ndarray):
        axis = "" if args[0].value.ndim == 1 else ", axis=None"
        return f"{source.function(_REDUCTIONS[function].reduce)}({of(args[0])}{axis})"
    sign = _OPERATORS.get(function)
    if sign is None or call.kwargs or len(args) != 2:
        return None
    for a in args:
        if isinstance(a.value, ndarray) if type(a) is StandIn else type(a) not in (int, float):
            return None
    left, right = (source.text(a, of) for a in args)
    return f"{left} {sign} {right}"


def _strong(source: Source, a: Any, x: StandIn) -> Any:
    """A Python number as an array of the result's dtype, which NumPy takes faster and which it would be cast to."""
    if type(a) not in (int, float) or x.value.dtype.kind != "f":
        return a
    return _constant(source, a, x.value.dtype)


def _constant(source: Source, a: float, dtype: Any) -> str:
    for name, value in source.names.items():
        number = name[0] == "n" and type(value) is ndarray and value.dtype == dtype and value.ndim == 0
        if number and repr(value) == repr(np.array(a, dtype)):  # (which tells 0 from -0)
            return name
    name = source.fresh("n")
    source.names[name] = np.array(a, dtype)
    return name
