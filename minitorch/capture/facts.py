"""Facts: what a replay relies on of Python's values, as it was when a step was recorded."""

from __future__ import annotations

import operator
from typing import Any, NamedTuple

import numpy as np

SCALARS = (int, float, complex, str, bytes, bool, type(None))


def same(a: Any, b: Any) -> bool:
    """Whether two Python values are the same to a step: a number of the same kind and value, or one object."""
    return a is b or (type(a) is type(b) and isinstance(a, SCALARS) and repr(a) == repr(b))


class Fact(NamedTuple):
    """Something a replay relies on: what ``holder`` has at ``key`` is still ``value``."""

    how: str  # where to look: "item", "cell", "attribute"; "method" (of a class); or at all of it: "len", "copy"
    holder: Any
    key: Any
    value: Any
    owner: Any = None  # whose attributes the holder has

    @property
    def mark(self) -> tuple[Any, ...]:
        """What two facts of one place have alike."""
        return self.how, id(self.holder), self.key

    def holds(self) -> bool:
        """Whether it is still so."""
        how, holder, key, value, _ = self
        if how == "len":
            return bool(len(holder) == value)
        if how == "copy":
            return alike(holder, value)
        try:
            return same(LOOK[how](holder, key), value)
        except (ValueError, KeyError, IndexError, AttributeError):
            return False


LOOK: dict[str, Any] = {
    "cell": lambda cell, _: cell.cell_contents,
    "attribute": getattr,
    "method": lambda kind, name: getattr(kind, name).__func__,
    "item": lambda holder, key: dict.__getitem__(holder, key) if isinstance(holder, dict) else holder[key],
}


def copy_of(value: Any) -> Any:
    """What ``alike`` compares a container or an array with later."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype, value.tobytes()
    return list(value.items()) if isinstance(value, dict) else set(value) if isinstance(value, set) else list(value)


def alike(value: Any, copy: Any) -> bool:
    """Whether all that is in a container is the same, number by number and object by object."""
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype, value.tobytes()) == copy  # type: ignore[no-any-return]
    if len(value) != len(copy):
        return False
    if isinstance(value, set):
        return bool(value == copy)
    if isinstance(value, dict):
        return all(map(_same_pair, value.items(), copy))
    return not any(map(operator.is_not, value, copy)) or all(map(same, value, copy))


def _same_pair(a: tuple[Any, Any], b: tuple[Any, Any]) -> bool:
    return same(a[0], b[0]) and same(a[1], b[1])


def equal_copies(a: Fact, b: Fact) -> bool:
    """Whether two facts about all that is in a container say the same."""
    if a.how != "copy" or type(a.value) is not type(b.value):
        return False
    if isinstance(a.value, (tuple, set)):
        return bool(a.value == b.value)
    one_by_one = _same_pair if isinstance(a.holder, dict) else same
    return len(a.value) == len(b.value) and all(map(one_by_one, a.value, b.value))


def words(fact: Fact) -> str:
    """What a fact is about, for a message."""
    if fact.how == "len":
        return f"the number of items of a {type(fact.holder).__name__}"
    if fact.how == "copy":
        return f"what is in a {type(fact.holder).__name__}"
    return f"{fact.key!r}" if fact.how != "cell" else f"a variable of value {fact.value!r}"
