"""What arguments and results are made of: tuples, lists, dictionaries, named tuples and dataclasses, nested."""

from __future__ import annotations

import dataclasses
from typing import Any

from minitorch.core.tensor import Tensor


def parts(value: Any) -> list[tuple[str, Any, Any]] | None:
    """The parts of a value: ("item", key, part) or ("attribute", name, part); None if it is one piece.

    >>> parts({"a": 1}), parts((2,)), parts(3)
    ([('item', 'a', 1)], [('item', 0, 2)], None)
    """
    kind = type(value)
    if kind is tuple or kind is list or (isinstance(value, tuple) and hasattr(kind, "_fields")):
        return [("item", i, item) for i, item in enumerate(value)]
    if kind is dict:
        return [("item", key, item) for key, item in value.items()]
    if is_record(value):
        return [("attribute", f.name, getattr(value, f.name)) for f in dataclasses.fields(value)]
    return None


def is_record(value: Any) -> bool:
    """Whether a value is a dataclass's instance that holds nothing but its fields."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return False
    names = [f.name for f in dataclasses.fields(value)]
    attributes = getattr(value, "__dict__", None)
    return attributes.keys() == set(names) if attributes is not None else all(hasattr(value, n) for n in names)


def tensors_in(value: Any) -> list[Tensor]:
    """The tensors in a nested value, in order."""
    if isinstance(value, Tensor):
        return [value]
    return [t for _, _, item in parts(value) or () for t in tensors_in(item)]
