"""The processes of one job, of which the first leads: it makes files and speaks, the others follow."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeVar

from minitorch.parallel.world import Comm, launched

T = TypeVar("T")


class Everywhere(Exception):
    """An error that every process of a team raises, at the same moment and for the same reason."""


class Team:
    """Processes that do the same; a process by itself is a team of one, for which everything here is free.

    >>> team = Team(None)
    >>> team.leads, team.size, team.shared(lambda: "made once")
    (True, 1, 'made once')
    """

    def __init__(self, comm: Comm | None) -> None:
        self.comm = comm
        self.rank: int = 0 if comm is None else comm.Get_rank()
        self.size: int = 1 if comm is None else comm.Get_size()

    @classmethod
    def launched(cls) -> Team:
        """The team that ``mpiexec -n N python -m mpi4py ...`` has started, or one of one.

        Raises RuntimeError when several processes were started without ``-m mpi4py``.
        """
        return cls(launched())

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def shared(self, make: Callable[[], T]) -> T:
        """What the leader makes, given to all. If making it raises, the others wait to be ended with the leader."""
        if self.comm is None:
            return make()
        made: T = self.comm.bcast(make() if self.leads else None)
        return made

    @contextlib.contextmanager
    def leader_first(self) -> Iterator[None]:
        """Others enter when the leader has left: of an error that all would make there is then one report."""
        if self.comm is not None and not self.leads:
            self.comm.Barrier()
        yield
        if self.comm is not None and self.leads:
            self.comm.Barrier()

    @contextlib.contextmanager
    def leader_last(self) -> Iterator[None]:
        """Of an error that all have, the leader makes a note inside before others end the job with it."""
        try:
            yield
        except Everywhere:
            if self.comm is not None:
                self.comm.Barrier()
            raise
