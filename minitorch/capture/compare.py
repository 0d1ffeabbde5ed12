"""Whether two recordings of a step are the same, so that a replay of the one is what the step would do again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import numpy as np

from minitorch.capture.calls import Call, GradOf, Outside, Recording
from minitorch.capture.standin import Opaque, StandIn, ndarray, owner
from minitorch.core.tensor import Tensor

Pairs = dict[int, Any]  # stand-ins of the first recording, by id, and theirs in the second


class Difference(Exception):
    """Where two recordings part, in words."""


def constants(first: Recording, second: Recording, first_result: Any, second_result: Any) -> set[int]:
    """The ids of the second recording's stand-ins for arrays that the step makes alike each time.

    Raises:
        Difference: the recordings are not the same.
    """
    pairs: Pairs = {}
    found = set()
    for a, b in zip_longest(first.outside, second.outside):
        if a is None or b is None:
            raise Difference("it does not use the same arrays each time")
        pairs[id(a.standin)] = b.standin
        if _outside(a, b):
            found.add(id(b.standin))
    for x, y in zip_longest(first.calls, second.calls):
        if x is None or y is None:
            raise Difference("it does not make the same number of calls each time")
        _call(x, y, pairs)
    _grads(first, second, pairs)
    moved = [
        [(t if isinstance(t, int) else id(t.leaf if isinstance(t, GradOf) else t), n) for t, n in r.versions]
        for r in (first, second)
    ]
    if moved[0] != moved[1]:
        raise Difference("it does not write to the same tensors each time")
    if first.backward is not None and second.backward is not None:
        one, other = first.backward, second.backward
        targets = [[id(t) if isinstance(t, Tensor) else t for t in b.targets] for b in (one, other)]
        gradients = [pairs.get(id(g)) if g is not None else None for g in one.gradients]
        if targets[0] != targets[1] or any(a is not b for a, b in zip_longest(gradients, other.gradients)):
            raise Difference("its results are not differentiated alike each time")
    elif first.backward is not second.backward:
        raise Difference("its results can be differentiated once and not another time")
    try:
        _value(first_result, second_result, pairs)
    except Difference as difference:
        raise Difference(f"it does not return the same each time: {difference}") from None
    return found


def _outside(a: Outside, b: Outside) -> bool:
    """Whether both are one constant, made anew each time."""
    x, y = a.standin.value, b.standin.value
    if (a.argument, a.incoming) != (b.argument, b.incoming) or a.grad_of is not b.grad_of or a.tensor is not b.tensor:
        raise Difference("it does not use the same tensors each time")
    if a.argument is not None or a.incoming is not None or a.grad_of is not None or x is y:
        return False
    if a.tensor is not None:
        raise Difference("a tensor outside the step is given other memory between steps")
    if not _alike(x, y) or a.first.tobytes() != b.first.tobytes():
        raise Difference(
            f"it makes an array of shape {list(y.shape)} with other values each time: pass what changes as an argument"
        )
    if x.base is not None and owner(x) is owner(y):  # a window on an array that stays
        if x.__array_interface__["data"] != y.__array_interface__["data"]:
            raise Difference("it looks at another part of an array each time: pass what changes as an argument")
        return False
    return True


def _call(x: Call, y: Call, pairs: Pairs) -> None:
    if x.kind != y.kind or not _same_function(x.function, y.function):
        raise Difference(f"it calls {_name(x.function)} once and {_name(y.function)} another time ({y.where})")
    try:
        _value(x.args, y.args, pairs)
        _value(x.kwargs, y.kwargs, pairs)
    except Difference as d:
        raise Difference(f"{_name(y.function)} ({y.where}): {d}") from None
    if x.kind == "decision" and x.result != y.result:
        raise Difference(f"it goes another way each time ({y.where})")
    _result(x.result, y.result, pairs)


def _value(a: Any, b: Any, pairs: Pairs) -> None:
    if type(a) is not type(b):
        raise Difference(f"{a!r} once and {b!r} another time")
    if type(a) is StandIn or type(a) is Opaque:
        if pairs.get(id(a)) is not b:
            raise Difference("its arguments come from elsewhere each time")
    elif isinstance(a, (tuple, list)):
        if len(a) != len(b):
            raise Difference("a number of arguments that changes")
        for x, y in zip(a, b, strict=True):
            _value(x, y, pairs)
    elif isinstance(a, dict):
        if a.keys() != b.keys():
            raise Difference("arguments that change")
        for k in a:
            _value(a[k], b[k], pairs)
    elif isinstance(a, slice):
        _value((a.start, a.stop, a.step), (b.start, b.stop, b.step), pairs)
    elif callable(a):
        if not _same_function(a, b):
            raise Difference("another function each time")
    elif a is not b and (isinstance(a, Tensor) or (repr(a) != repr(b) if isinstance(a, float) else a != b)):
        raise Difference(f"{a!r} once and {b!r} another time: pass what changes as a tensor")


def _result(a: Any, b: Any, pairs: Pairs) -> None:
    if type(a) is StandIn and type(b) is StandIn:
        if not _alike(a.value, b.value):
            raise Difference("results of another shape each time")
        pairs[id(a)] = b
    elif type(a) is Opaque and type(b) is Opaque and type(a.value) is type(b.value):
        pairs[id(a)] = b
    elif isinstance(a, (tuple, list)) and type(a) is type(b) and len(a) == len(b):
        for x, y in zip(a, b, strict=True):
            _result(x, y, pairs)
    elif type(a) is not type(b):
        raise Difference("results of another kind each time")


def _grads(first: Recording, second: Recording, pairs: Pairs) -> None:
    before = [[(id(t), g is None) for t, g in r.grads_before.items()] for r in (first, second)]
    if before[0] != before[1]:
        raise Difference("gradients are there once and not another time when it begins")
    after = [
        [(at, id(t), None if x is None else id(pairs.get(id(x), x))) for at, t, x in r.grads_after]
        for r in (first, second)
    ]
    after[1] = [(at, id(t), None if x is None else id(x)) for at, t, x in second.grads_after]
    if after[0] != after[1]:
        raise Difference("it does not set the same gradients each time")


def _alike(x: Any, y: Any) -> bool:
    if isinstance(x, ndarray) != isinstance(y, ndarray):
        return False
    return (x.shape, x.dtype, x.strides) == (y.shape, y.dtype, y.strides)


def _same_function(f: Callable[..., Any], g: Callable[..., Any]) -> bool:
    """The same function, or two made by the same line that enclose the same values."""
    if f is g or f == g:
        return True
    code_f, code_g = getattr(f, "__code__", None), getattr(g, "__code__", None)
    if code_f is None or code_f is not code_g:
        return False
    cells = [getattr(h, "__closure__", None) or () for h in (f, g)]
    try:
        return all(_equal(a.cell_contents, b.cell_contents) for a, b in zip(*cells, strict=True))
    except ValueError:  # a variable that is not set
        return False


def _equal(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if isinstance(a, (int, float, str, bool, tuple, np.dtype)) and type(a) is type(b):
        return repr(a) == repr(b)
    return callable(a) and callable(b) and _same_function(a, b)


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))
