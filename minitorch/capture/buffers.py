"""Buffers: the memory that a program's calls write their results to, used again when nothing needs a result any more.

A replay touches fewer cache lines so than one with a buffer for each result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.capture.calls import Call
from minitorch.capture.standin import StandIn


class Buffers:
    """Hands out memory in the order of a program's calls."""

    def __init__(self, calls: Sequence[Call], keep: Sequence[bool], pinned: set[int | None]) -> None:
        """``pinned`` is memory that must stay to the end."""
        last: dict[int | None, int] = {}
        for i, (call, kept) in enumerate(zip(calls, keep, strict=True)):
            if kept:
                for x in (*call.inputs(), *call.results()):
                    last[x.memory] = i
        self._dying: dict[int, set[int | None]] = {}  # by number of the call, the memory that is not used after it
        for memory, i in last.items():
            if memory is not None and memory not in pinned:
                self._dying.setdefault(i, set()).add(memory)
        self._mine: dict[int | None, Any] = {}  # the arrays of memory that was handed out
        self._free: dict[Any, list[Any]] = {}

    def take(self, x: StandIn, i: int, inputs: Sequence[StandIn]) -> None:
        """Gives ``x``, the result of call number ``i``, memory that nothing uses any more, or new memory.

        That of ``inputs`` which the call uses last may serve, too: an elementwise function reads before it writes.
        """
        layout = _layout(x.value)
        dying = [y for y in inputs if y.memory in self._dying.get(i, ()) and y.memory in self._mine]
        found = next((y for y in dying if _layout(y.value) == layout == _layout(self._mine[y.memory])), None)
        if found is not None:
            x.value = self._mine.pop(found.memory)
        elif self._free.get(layout):
            x.value = self._free[layout].pop()
        else:
            x.value = np.empty_like(x.value)
        self._mine[x.memory] = x.value

    def hand_on(self, x: StandIn, copy: StandIn) -> None:
        """What would be a copy lies in the memory of ``x``, which is not used as such any more."""
        if x.memory in self._mine:
            self._mine[copy.memory] = self._mine.pop(x.memory)

    def done(self, i: int) -> None:
        """Call number ``i`` is written: what only it and those before it used is free."""
        for memory in self._dying.get(i, ()):
            array = self._mine.pop(memory, None)
            if array is not None:
                self._free.setdefault(_layout(array), []).append(array)


def _layout(x: Any) -> Any:
    return x.shape, x.strides, x.dtype
