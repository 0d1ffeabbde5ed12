"""Batching rules of NumPy's functions of several arrays, of those that write, and of questions about arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import BatchedArray, raw
from minitorch.core.batched_fallback import by_sample, latest
from minitorch.core.batched_levels import CONTROL_FLOW, DYNAMIC, Unbatchable, plain_dtype
from minitorch.core.batched_rules import RULES, flat, named, rule
from minitorch.core.batched_ufuncs import align, check_room, shift_axis

# --- Several arrays ---------------------------------------------------------------------------------------------------


def _elementwise(f: Any) -> None:
    def over(*args: Any, **kw: Any) -> Any:
        level = latest((args, kw))
        assert level is not None
        values = align([*args, *kw.values()], level)
        return BatchedArray(f(*values[: len(args)], **dict(zip(kw, values[len(args) :], strict=True))), level)

    RULES[f] = over


for _f in named("isclose nan_to_num angle sinc round around real imag isposinf isneginf isreal iscomplex clip"):
    _elementwise(_f)


@rule(np.where)
def _where(condition: Any, *ab: Any) -> Any:
    if not ab:
        raise Unbatchable(DYNAMIC)
    level = latest((condition, *ab))
    assert level is not None
    return BatchedArray(np.where(*align((condition, *ab), level)), level)


def _all_batched(arrays: Any) -> tuple[list[Any], Any]:
    level = latest(list(arrays))
    assert level is not None
    whole = []
    for x in arrays:
        here = type(x) is BatchedArray and x.level is level
        x = x if here or hasattr(x, "ndim") else np.asarray(x)
        whole.append(x.data if here else np.broadcast_to(x, (level.size, *x.shape)))
    return whole, level


@rule(np.concatenate)
def _concatenate(arrays: Any, axis: Any = 0, **kw: Any) -> Any:
    whole, level = _all_batched(arrays)
    if axis is None:
        whole, axis = [flat(x) for x in whole], 0
    return BatchedArray(np.concatenate(whole, shift_axis(axis, whole[0].ndim - 1), **kw), level)


@rule(np.stack)
def _stack(arrays: Any, axis: int = 0, **kw: Any) -> Any:
    whole, level = _all_batched(arrays)
    return BatchedArray(np.stack(whole, shift_axis(axis, whole[0].ndim), **kw), level)


@rule(np.broadcast_arrays)
def _broadcast_arrays(*arrays: Any, subok: bool = False) -> Any:
    shape = np.broadcast_shapes(*[np.shape(x) for x in arrays])
    return tuple([np.broadcast_to(x, shape) for x in arrays])


@rule(np.take)
def _take(x: Any, indices: Any, axis: Any = None, **kw: Any) -> Any:
    level = latest(indices)
    if level is None:
        data = flat(x.data) if axis is None else x.data
        return BatchedArray(np.take(data, indices, 1 if axis is None else shift_axis(axis, x.ndim), **kw), x.level)
    if latest(x) is level or (latest(x) is not None and x.level.number > level.number):
        return by_sample(np.take, x, indices, axis, **kw)
    found = np.take(x, indices.data, axis, **kw)
    return BatchedArray(np.moveaxis(found, 0 if axis is None else axis % x.ndim, 0), level)


@rule(np.take_along_axis)
def _take_along_axis(x: Any, indices: Any, axis: Any = -1) -> Any:
    if axis is None or not x.ndim or x.ndim != indices.ndim:
        return by_sample(np.take_along_axis, x, indices, axis)
    whole, level = _all_batched((x, indices))
    values, places = whole
    return BatchedArray(np.take_along_axis(values, places, shift_axis(axis, x.ndim)), level)


# --- Writing, and questions -------------------------------------------------------------------------------------------


@rule(np.copyto)
def _copyto(into: Any, source: Any, casting: Any = "same_kind", where: Any = True) -> None:
    check_room(into, (source, where))
    level = latest((into, source, where))
    if level is not into.level or np.ndim(source) > into.ndim:
        by_sample(np.copyto, into, source, casting, where)
        return
    data, source, where = align((into, source, where), level)
    np.copyto(data, source, casting, where)


def _writes(f: Any) -> None:
    def over(into: Any, *args: Any, **kw: Any) -> Any:
        check_room(into, (*args, *kw.values()))
        return by_sample(f, into, *args, **kw)

    RULES[f] = over


for _f in named("put_along_axis fill_diagonal put place putmask"):
    _writes(_f)


def _refused(f: Any, message: str) -> None:
    def over(*args: Any, **kw: Any) -> Any:
        raise Unbatchable(message)

    RULES[f] = over


for _f in named("array_equal allclose array_equiv"):
    _refused(_f, CONTROL_FLOW)
for _f in named("nonzero flatnonzero argwhere unique extract compress setdiff1d delete"):
    _refused(_f, DYNAMIC)

RULES[np.shape] = lambda x: x.shape
RULES[np.ndim] = lambda x: x.ndim
RULES[np.size] = lambda x, axis=None: x.size if axis is None else x.shape[axis]
RULES[np.iscomplexobj] = lambda x: x.dtype.kind == "c"
RULES[np.isrealobj] = lambda x: x.dtype.kind != "c"


for _f in named("may_share_memory shares_memory"):
    RULES[_f] = lambda a, b, *rest, f=_f: f(raw(a), raw(b), *rest)
for _f in named("result_type can_cast min_scalar_type"):
    RULES[_f] = lambda *args, f=_f: f(
        *[plain_dtype(x.dtype) if type(x) is BatchedArray else plain_dtype(x) for x in args]
    )
