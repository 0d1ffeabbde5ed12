"""The door to a recorder (capture/): where the framework tells it of what does not show in NumPy calls alone.

A recorder runs a step on stand-ins for arrays and notes each NumPy call. It must be told of calls that change
something besides arrays (a random stream, an optimizer's counts), and of values that leave for Python.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from minitorch.core.tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])


class Condition(NamedTuple):
    """Something that must still be so for a shorter way to be right."""

    how: str  # "item": holder[key] is value; "array": holder.array is value; "len": len(holder) == value;
    holder: Any  # "call": holder(key) == value
    key: Any
    value: Any


class _Recording(threading.local):
    recorder: Any = None  # the one that is recording in this thread


recording = _Recording()


def whole(method: F) -> F:
    """A method that is recorded as one call, and called as one by whoever replays the recording."""

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        recorder = recording.recorder
        return method(*args, **kwargs) if recorder is None else recorder.whole(method, args, kwargs)

    return call  # type: ignore[return-value]


def values(t: Tensor) -> Any:
    """The array of a tensor whose values go to Python, out of a recorder's sight."""
    recorder = recording.recorder
    return t.array if recorder is None else recorder.read(t.array)


def truth(t: Tensor) -> bool:
    """The truth of a tensor's one element, which decides where the program goes."""
    recorder = recording.recorder
    return bool(t.array.item()) if recorder is None else recorder.decide(t.array)


def seen(array: Any) -> Any:
    """An array of the user's that a tensor is made from: a recorder's stand-in for it, so that copying it is noted."""
    recorder = recording.recorder
    return array if recorder is None else recorder.stand_in(array)
