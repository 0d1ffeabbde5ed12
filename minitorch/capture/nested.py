"""Arrays, stand-ins and tensors in nested values: lists, tuples, named tuples, dictionaries, slices."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minitorch.capture.standin import Opaque, StandIn, ndarray
from minitorch.core.tensor import Tensor, wrap


def mapped(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """A nested value of the same form, ``leaf`` applied to all that is no container."""
    if isinstance(value, (tuple, list)):
        items = [mapped(item, leaf) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if type(value) is dict:
        return {k: mapped(item, leaf) for k, item in value.items()}
    return leaf(value)


def real(value: Any) -> Any:
    """A nested value with the arrays themselves in place of their stand-ins."""
    return mapped(value, _real)


def _real(value: Any) -> Any:
    kind = type(value)
    if kind is StandIn or kind is Opaque:
        return value.value
    return slice(_real(value.start), _real(value.stop), _real(value.step)) if kind is slice else value


def standins(value: Any) -> Iterator[StandIn]:
    """The stand-ins in a nested value."""
    kind = type(value)
    if kind is StandIn or kind is Opaque:
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from standins(item)
    elif kind is dict:
        for item in value.values():
            yield from standins(item)


def arrays(value: Any) -> Iterator[Any]:
    """The arrays in a nested result, in the order of ``standins``."""
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from arrays(item)
    elif isinstance(value, (ndarray, np.generic)):
        yield value


def of_tensors(value: Any) -> Any:
    """A nested value with the tensors' arrays."""
    return mapped(value, lambda x: x.array if isinstance(x, Tensor) else x)


def to_tensors(value: Any) -> Any:
    """A nested value with tensors on its arrays."""
    return mapped(value, lambda x: wrap(np.asarray(x)) if isinstance(x, (ndarray, np.generic)) else x)


@functools.lru_cache(256)
def on_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors as one of their arrays; the same each time."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return of_tensors(function(*to_tensors(args), **to_tensors(kwargs)))

    return call
