"""Levels: one for each vmap that runs, what an array's dtype says of them, and what cannot be done on one."""

from __future__ import annotations

import itertools
import threading
from collections.abc import MutableMapping
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor: "
    "it has a value for every sample. Rewrite the function with tensor operations, or take the value outside vmap."
)
CONTROL_FLOW = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. The samples may want "
    "to go different ways: use minitorch.where(condition, a, b) instead of if."
)
VALUES = (
    "vmap: It looks like you're calling .numpy(), or an operation that reads a Tensor's values one by one. A tensor "
    "that vmap maps over has values for every sample: use tensor operations, or do it outside vmap."
)
IN_PLACE = (
    "vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args "
    "that has more elements than `self`: `other` is mapped over by vmap and `self` is not. Use the operation that is "
    "not in place, or make `self` from a tensor that is mapped over: other.new_zeros(...) does it."
)
DYNAMIC = (
    "vmap: We do not support batching operators that can output dynamic shape: the shape of this one's result depends "
    "on the Tensor's values, and the samples' results would not fit together. Use a mask and minitorch.where."
)


class Unbatchable(RuntimeError):
    """Something asked for the values of a batched array, or wrote them where there is room for one sample's only."""


class Level:
    """One running vmap: the number of samples, and what random numbers do in it. A later one has a higher number."""

    __slots__ = ("_dtypes", "active", "number", "randomness", "size")

    def __init__(self, size: int, randomness: str = "error") -> None:
        self.size = size
        self.randomness = randomness
        self.number = next(_numbers)
        self.active = False
        self._dtypes: MutableMapping[int, BatchedDType] = {}

    def __enter__(self) -> Level:
        self.active = True
        running.levels = (*running.levels, self)
        return self

    def __exit__(self, *_: object) -> None:
        self.active = False
        running.levels = tuple([level for level in running.levels if level is not self])
        # The graph keeps those that are still needed, which hold the level: no cycle is left.
        self._dtypes = WeakValueDictionary(self._dtypes)

    def dtype(self, inner: Any) -> BatchedDType:
        """The dtype of arrays on this level, one object for each dtype of what they hold."""
        found = self._dtypes.get(id(inner))
        if found is None:
            found = self._dtypes[id(inner)] = BatchedDType(inner, self)
        return found


class _Running(threading.local):
    levels: tuple[Level, ...] = ()


_numbers = itertools.count(1)
running = _Running()  # the vmaps that are running in this thread, outermost first


class BatchedDType:
    """An np.dtype that says of which levels its array is.

    It equals the dtype and serves NumPy as one, but is another object: so the engine, which compares dtypes by
    identity, notices when a gradient and its input are not on the same levels.
    """

    __slots__ = ("__weakref__", "dtype", "inner", "levels")

    def __init__(self, inner: Any, level: Level) -> None:
        nested = type(inner) is BatchedDType
        self.inner = inner
        self.dtype: np.dtype[Any] = inner.dtype if nested else inner
        self.levels: tuple[Level, ...] = (level, *inner.levels) if nested else (level,)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # for isinstance
        return np.dtype

    def __getattr__(self, name: str) -> Any:
        return getattr(self.dtype, name)

    def __eq__(self, other: object) -> bool:
        return bool(self.dtype == other)

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return repr(self.dtype)

    def __str__(self) -> str:
        return str(self.dtype)

    def __reduce__(self) -> Any:
        return np.dtype, (self.dtype.str,)


def plain_dtype(dtype: Any) -> Any:
    """The dtype without its levels."""
    return dtype.dtype if type(dtype) is BatchedDType else dtype
