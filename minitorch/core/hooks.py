"""Hooks: functions a user hangs on a tensor, a node or a module, and the handle that takes them off again."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

from minitorch.core.watch import tell, watchers

_ids = itertools.count()


class RemovableHandle:
    """Takes a hook off again: ``handle.remove()``, or on leaving ``with handle:`` (``torch.utils.hooks``).

    ``hooks`` is the dictionary the hook stands in, under ``handle.id``; ``extra`` are dictionaries with facts about
    the hook under the same key, cleared with it.
    """

    def __init__(self, hooks: MutableMapping[int, Any], *, extra: Any = ()) -> None:
        self.id = next(_ids)
        self._tables = [
            weakref.ref(table) for table in (hooks, *(extra if isinstance(extra, (list, tuple)) else [extra]))
        ]

    def remove(self) -> None:
        """Takes the hook off; doing so twice is harmless."""
        for reference in self._tables:
            table = reference()
            if table is not None:
                table.pop(self.id, None)

    def __getstate__(self) -> tuple[list[Any], int]:
        return [reference() for reference in self._tables], self.id

    def __setstate__(self, state: tuple[list[Any], int]) -> None:
        """A copy of a handle, with a copy of its hooks: the id goes on, and no new handle may get it."""
        global _ids
        tables, self.id = state
        self._tables = [weakref.ref(table) for table in tables if table is not None]
        _ids = itertools.count(max(next(_ids), self.id + 1))

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.remove()


class Hooks(dict[int, Callable[..., Any]]):
    """Hooks in the order they were registered, by handle id. (A plain dict cannot be weakly referenced.)"""

    __slots__ = ("__weakref__",)

    def add(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Registers a hook and returns its handle."""
        if not callable(hook):
            raise TypeError(f"hook must be callable, got {type(hook).__name__}")
        handle = RemovableHandle(self)
        self[handle.id] = hook
        if watchers:
            tell("hooked", self, hook)
        return handle
