"""The one interface through which a sweep's runs go, whatever machines they are done on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Work = Callable[..., Any]


@dataclass(frozen=True)
class Ended:
    """What became of one piece of work: what it gave, or why there is nothing."""

    key: str
    value: Any = None
    error: str | None = None


class ExecutorLost(Exception):
    """The executor itself is gone, not only one of its workers."""


class Executor(Protocol):
    """Calls one function with many arguments, each call in some worker process.

    A call whose worker dies, or that raises, is made again; after a number of tries it ends with an error. So the
    function must be such that a second call does no harm.
    """

    @property
    def slots(self) -> int:
        """How many calls can be under way at once."""

    def submit(self, key: str, *arguments: Any) -> None:
        """Have the function called. A key names one call."""

    def next(self) -> Ended:
        """Wait for a call to end.

        Raises `ExecutorLost` when none will.
        """

    def close(self) -> None:
        """Stop all workers, with what they are doing."""
