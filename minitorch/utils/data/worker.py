"""What runs in a worker process: it seeds itself, then fetches one batch after another until the loader hangs up."""

from __future__ import annotations

import contextlib
import random
import signal
import traceback
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minitorch.core.generator import manual_seed
from minitorch.utils.data.fetch import Collate, Fetch, fetcher
from minitorch.utils.data.transfer import Parcel, pack, send

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Which worker this is: `id` of `num_workers`, the `seed` it started from, and its own copy of the `dataset`."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_this_worker: WorkerInfo | None = None
# The loaders' ends of all connections in this process. A forked worker closes its copies: as long as it held one, no
# worker would be told when the loader closes its own, or dies.
loader_ends: weakref.WeakSet[Any] = weakref.WeakSet()


def get_worker_info() -> WorkerInfo | None:
    """What a worker process knows of itself (`WorkerInfo`), or None outside of one.

    An iterable-style dataset shares its samples out by it: with `info = get_worker_info()`, for example the samples
    ``info.id, info.id + info.num_workers, ...``

    >>> from minitorch.utils.data import get_worker_info
    >>> print(get_worker_info())
    None
    """
    return _this_worker


@dataclass(frozen=True)
class Job:
    """Everything that the workers of a loader are given when they start."""

    dataset: Any
    batched: bool
    collate_fn: Collate
    drop_last: bool
    num_workers: int
    base_seed: int
    init_fn: Callable[[int], None] | None


class Exhausted:
    """The answer of a worker whose stream has ended."""


@dataclass(frozen=True)
class Failure:
    """An exception in a worker: its type, and its traceback as text, which unlike itself can always be sent."""

    kind: type[BaseException]
    text: str

    @classmethod
    def of(cls, error: BaseException, number: int) -> Failure:
        where = f"Caught {type(error).__name__} in DataLoader worker process {number}.\nOriginal "
        return cls(type(error), where + "".join(traceback.format_exception(error)))

    def pack(self) -> Parcel:
        try:
            return pack(self)
        except Exception:  # a type made inside a function, for example
            return pack(Failure(RuntimeError, self.text))

    def exception(self) -> BaseException:
        """The exception with the worker's traceback as its message; RuntimeError if its type cannot take one.

        RuntimeError also stands for StopIteration, which would end the caller's loop without a word.
        """
        if not issubclass(self.kind, (StopIteration, StopAsyncIteration)):
            with contextlib.suppress(Exception):
                return self.kind(_Verbatim(self.text) if self.kind is KeyError else self.text)
        return RuntimeError(self.text)


class _Verbatim(str):
    """KeyError shows the repr of its message, which would put a traceback on one line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def work(connection: Connection[Any, Any], job: Job, number: int) -> None:
    """The life of worker `number`: answers each task (epoch, place, index) by (epoch, place) and a result."""
    _become_worker()
    failure: Failure | None = None
    try:
        _seed(job, number)
        if job.init_fn is not None:
            job.init_fn(number)
    except Exception as error:
        failure = Failure.of(error, number)
    inbox = _Inbox(connection)
    epoch, fetch, ended = -1, None, False
    for task_epoch, place, index in inbox:
        if task_epoch != epoch:
            epoch, fetch, ended = task_epoch, None, False
        if ended:
            continue
        if failure is not None:
            parcel = failure.pack()
        else:
            fetch, parcel, ended = _answer(job, number, fetch, index)
        try:
            send(connection, (epoch, place), parcel)
        except ConnectionError:  # the loader is gone
            return
        del parcel


def _answer(job: Job, number: int, fetch: Fetch | None, index: Any) -> tuple[Fetch | None, Parcel, bool]:
    """The fetcher, made if there was none, what it fetched, and whether its stream has ended."""
    from minitorch.utils.data.dataset import IterableDataset

    try:
        if fetch is None:
            fetch = fetcher(job.dataset, job.batched, job.collate_fn, job.drop_last)
        return fetch, pack(fetch(index)), False
    except StopIteration as error:
        if isinstance(job.dataset, IterableDataset):
            return fetch, pack(Exhausted()), True
        return fetch, Failure.of(error, number).pack(), False
    except Exception as error:
        return fetch, Failure.of(error, number).pack(), False


class _Inbox:
    """The tasks that are still wanted. A thread collects them, so that the loader never waits to hand one over."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        import threading
        from queue import SimpleQueue

        self._connection = connection
        self._tasks: SimpleQueue[tuple[int, int, Any] | None] = SimpleQueue()
        self._epoch: int | None = 0  # the latest one; None once the loader has hung up
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                task = self._connection.recv()
                self._epoch = task[0]
                self._tasks.put(task)
        self._epoch = None
        self._tasks.put(None)

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        while (task := self._tasks.get()) is not None:
            if task[0] == self._epoch:
                yield task


def _become_worker() -> None:
    """Let go of what is the loader's, and compute in one thread, as there are other workers.

    Ctrl-C is for the loader, which then ends its workers, and a handler that it has for SIGTERM is not for them.
    """
    from threadpoolctl import threadpool_limits

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for connection in loader_ends:
        connection.close()
    threadpool_limits(1)


def _seed(job: Job, number: int) -> None:
    """Seed this library's, Python's and NumPy's global generators, with PyTorch's seeds for this worker."""
    import numpy as np

    global _this_worker
    seed = job.base_seed + number
    random.seed(seed)
    manual_seed(seed)
    words = (number, job.base_seed & 0xFFFFFFFF, job.base_seed >> 32, 0)
    np.random.seed(np.random.SeedSequence(words).generate_state(4))
    _this_worker = WorkerInfo(number, job.num_workers, seed, job.dataset)
