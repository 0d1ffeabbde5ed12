"""The way out for what has no batching rule: it runs sample by sample, and the results are stacked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, TypeVar

import numpy as np

from minitorch.core.batched import BatchedArray, levels_of, put
from minitorch.core.batched_levels import DYNAMIC, Level, Unbatchable
from minitorch.core.recording import recording
from minitorch.core.tensor import Tensor, wrap

F = TypeVar("F", bound=Callable[..., Any])


def attempt(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """``f(*args, **kwargs)``, sample by sample if it cannot take batched arrays."""
    try:
        return f(*args, **kwargs)
    except Unbatchable:
        return by_sample(f, *args, **kwargs)


def sampled(f: F) -> F:
    """A function, of arrays or of Tensors without derivative, that reads values: it runs sample by sample in vmap."""

    @wraps(f)
    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            return f(*args, **kwargs)
        except Unbatchable:
            return by_sample(f, *args, **kwargs)

    return function  # type: ignore[return-value]


def by_sample(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What ``f`` gives for each sample of the latest level among its arguments, stacked.

    Arguments and results may be nested in lists, tuples and dictionaries. Raises Unbatchable when no argument is
    batched, or when the samples' results do not fit together.
    """
    level = latest((args, kwargs))
    if level is None:
        recorder = recording.recorder
        return f(*args, **kwargs) if recorder is None else recorder.one(f, args, kwargs)
    if not level.size:
        raise RuntimeError(
            f"vmap: {getattr(f, '__name__', f)} runs sample by sample, which gives nothing to stack where there are no "
            "samples: map over a dimension of size 1 or more."
        )
    results = []
    for i in range(level.size):
        one = partial(_sample, level=level, i=i)
        results.append(attempt(f, *[one(a) for a in args], **{k: one(v) for k, v in kwargs.items()}))
    return _stacked(results, level)


def room(x: Any, *writes: Any) -> Any:
    """A copy of x, in C order, on all levels of what will be written there."""
    levels = {level for array in _leaves(writes) for level in levels_of(array)}.difference(levels_of(x))
    for level in sorted(levels, key=lambda level: level.number):
        x = put(np.broadcast_to(x, (level.size, *np.shape(x))), level)
    return np.copy(x, order="C")


def latest(value: Any) -> Level | None:
    """The latest level among the batched arrays in a nested value; None when there are none."""
    if type(value) is BatchedArray:
        return value.level
    found: Level | None = None
    for item in _parts(value):
        kind = type(item)
        if kind in _PLAIN:
            continue
        level = item.level if kind is BatchedArray else latest(item)
        if level is not None and (found is None or level.number > found.number):
            found = level
    return found


_PLAIN = frozenset({np.ndarray, int, float, bool, str, slice, type(None), np.float64, np.float32, np.int64, np.dtype})


def _parts(value: Any) -> Sequence[Any]:
    if isinstance(value, (tuple, list)):
        return value
    if isinstance(value, Tensor):
        return (value.array,)
    if type(value) is dict:
        return tuple(value.values())
    if type(value) is partial:  # the steps that lead to a view
        return (value.args, value.keywords)
    return ()


def _leaves(value: Any) -> list[BatchedArray]:
    if type(value) is BatchedArray:
        return [value]
    return [x for item in _parts(value) if type(item) not in _PLAIN for x in _leaves(item)]


def _sample(value: Any, level: Level, i: int) -> Any:
    kind = type(value)
    if kind is BatchedArray:
        return value.data[i, ...] if value.level is level else value
    if isinstance(value, Tensor):
        return wrap(_sample(value.array, level, i))
    if isinstance(value, (tuple, list)):
        if latest(value) is None:
            return value
        items = [_sample(item, level, i) for item in value]
        return kind(*items) if hasattr(kind, "_fields") else kind(items)
    if kind is dict:
        return {k: _sample(item, level, i) for k, item in value.items()}
    if kind is partial:
        return partial(value.func, *_sample(value.args, level, i), **_sample(value.keywords, level, i))
    return value


def _stacked(results: list[Any], level: Level) -> Any:
    first = results[0]
    if isinstance(first, Tensor):
        return wrap(_stacked([r.array for r in results], level))
    if isinstance(first, (np.ndarray, np.generic)):
        if any(np.shape(r) != np.shape(first) for r in results):
            raise RuntimeError(DYNAMIC)
        data: Any = np.stack([r if isinstance(r, np.ndarray) else np.asarray(r) for r in results])
        return BatchedArray(data, level)
    if isinstance(first, (tuple, list)):
        if any(len(r) != len(first) for r in results):
            raise RuntimeError(DYNAMIC)
        items = [_stacked(list(column), level) for column in zip(*results, strict=True)]
        return type(first)(*items) if hasattr(first, "_fields") else type(first)(items)
    if any(r is not first and r != first for r in results):
        raise Unbatchable(DYNAMIC)
    return first
