"""Reading and writing parts of batched arrays: ``x[key]`` and ``x[key] = value``, the key batched or not."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import BatchedArray, is_batched
from minitorch.core.batched_fallback import by_sample, latest
from minitorch.core.batched_levels import DYNAMIC, Level, Unbatchable
from minitorch.core.batched_ufuncs import align, check_room


def fetch(x: Any, key: Any) -> Any:
    """``x[key]`` for each sample; x, parts of the key or both are batched."""
    key = key if isinstance(key, tuple) else (key,)
    level = latest((x, key))
    assert level is not None
    arrays: list[Any] = []
    for k in key:
        k = np.asarray(k) if isinstance(k, (list, bool)) else k
        if isinstance(k, np.ndarray) and k.dtype.kind == "b":
            if is_batched(k):
                raise Unbatchable(DYNAMIC)
            if not k.ndim:
                return by_sample(_get, x, key)
            arrays += np.nonzero(k)
        else:
            arrays.append(k)
    if not any(isinstance(k, np.ndarray) for k in arrays):
        assert isinstance(x, BatchedArray)
        return BatchedArray(x.data[(slice(None), *arrays)], level)
    return _gathered(x, arrays, level)


class Places:
    """Where in a batched array's data a key with arrays in it leads: the samples' numbers are made one more of them.

    NumPy puts the dimensions of a key's arrays in front if something stands between them, and otherwise in the place of
    the first. With the samples' numbers among them they come in front, the samples at their head.
    """

    def __init__(self, x: Any, key: list[Any], level: Level) -> None:
        used = sum(k is not None and k is not Ellipsis for k in key)
        at = next((i for i, k in enumerate(key) if k is Ellipsis), len(key))
        key = [*key[:at], *[slice(None)] * (x.ndim - used), *key[at + 1 :]]
        arrays = [i for i, k in enumerate(key) if _is_array(k)]
        self.level = level
        self.batched = any(_on(key[i], level) for i in arrays)
        self.depth = n = max(np.ndim(key[i]) for i in arrays)  # dimensions of the arrays, broadcast
        self.ndim = n + len(key) - len(arrays)  # of what the key leads to
        self.together = arrays[-1] - arrays[0] == len(arrays) - 1
        self.place = arrays[0] if self.together else 0
        self.plain = tuple(key)
        aligned = list(key)
        for i in arrays:
            k = key[i]
            if _on(k, level):
                aligned[i] = k.data.reshape(level.size, *(1,) * (n - k.ndim), *k.shape)
        self.aligned = tuple(aligned)
        self.key = (np.arange(level.size).reshape(level.size, *(1,) * n), *aligned)

    def value(self, v: Any) -> Any:
        """A value to be written there, with its dimensions in the order of ``key``."""
        v = _narrowed(v, self.ndim)
        (data,) = align((v,), self.level, self.ndim)
        first = 1 if _on(v, self.level) else 0
        if not first:
            data = np.reshape(data, (1,) * (self.ndim - np.ndim(data)) + np.shape(data))
        start, n = first + self.place, self.depth
        return np.moveaxis(data, range(start, start + n), range(first, first + n)) if self.place and n else data


def _is_array(k: Any) -> bool:
    return isinstance(k, (np.ndarray, int, np.integer))


def _on(x: Any, level: Level) -> bool:
    return type(x) is BatchedArray and x.level is level


def _gathered(x: Any, key: list[Any], level: Level) -> Any:
    to = Places(x, key, level)
    n, place = to.depth, to.place
    if not _on(x, level):
        return BatchedArray(np.moveaxis(read(x, to.aligned), place, 0), level)
    if not to.batched:
        got = x.data[(slice(None), *to.plain)]
        return BatchedArray(got if to.together else np.moveaxis(got, n, 0), level)
    got = read(x.data, to.key)
    return BatchedArray(np.moveaxis(got, range(1, n + 1), range(1 + place, 1 + place + n)), level)


def read(x: Any, key: Any) -> Any:
    """``x[key]``, also where only the key is batched: an ndarray then cannot know."""
    try:
        return x[key]
    except Unbatchable:
        if latest((x, key)) is None:  # it is being recorded
            raise
        return fetch(x, key)


def places(x: BatchedArray, key: Any) -> Places | None:
    """Where in x's data a key of arrays of numbers and slices leads; None for other keys."""
    parts = list(key) if isinstance(key, tuple) else [key]
    if any(isinstance(k, (bool, list)) or (isinstance(k, np.ndarray) and k.dtype.kind == "b") for k in parts):
        return None
    return Places(x, parts, x.level) if any(map(_is_array, parts)) else None


def store(x: Any, key: Any, value: Any) -> None:
    """``x[key] = value`` for each sample."""
    parts = key if isinstance(key, tuple) else (key,)
    check_room(x, (*parts, value))
    if all(k is None or k is Ellipsis or isinstance(k, (slice, int, np.integer)) for k in parts):
        # a view, where a single element would be a number
        region = fetch(x, parts if any(k is Ellipsis for k in parts) else (*parts, Ellipsis))
        np.copyto(region, _narrowed(value, region.ndim), casting="unsafe")
    elif (to := places(x, key)) is not None:
        x.data[to.key] = to.value(value)
    else:
        by_sample(_set, x, key, value)


def _narrowed(value: Any, ndim: int) -> Any:
    """Without leading dimensions of 1 that the place does not have, which NumPy allows."""
    extra = np.ndim(value) - ndim
    return np.reshape(value, np.shape(value)[extra:]) if extra > 0 and set(np.shape(value)[:extra]) == {1} else value


def _get(x: Any, key: Any) -> Any:
    return x[key]


def _set(x: Any, key: Any, value: Any) -> None:
    x[key] = value
