"""The loader's side of its worker processes: starting them, handing out tasks, putting the answers in order."""

from __future__ import annotations

import os
import signal
import time
import weakref
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

from minitorch.utils.data.transfer import Parcel, receive
from minitorch.utils.data.worker import Exhausted, Failure, Job, loader_ends, work

_PATIENCE = 5.0  # seconds that a worker may take to finish what it is at before it is ended


class Workers:
    """Worker processes, each at the other end of a connection of its own, so that none can hold up another's.

    They end when the last reference is gone, and with this process however it ends: a connection that nobody holds is
    closed by the system, and that is what they wait for.
    """

    def __init__(self, job: Job, context: Any, timeout: float) -> None:
        import multiprocessing

        context = context or multiprocessing.get_context()
        self.epoch = 0
        self._timeout = timeout or None
        self._connections: list[Any] = []
        self._processes: list[Any] = []
        self._close = weakref.finalize(self, _hang_up, os.getpid(), self._connections, self._processes)
        self._close.atexit = False  # then multiprocessing ends its daemons itself, without patience
        for number in range(job.num_workers):
            ours, theirs = context.Pipe()
            self._connections.append(ours)
            loader_ends.add(ours)
            process = context.Process(target=work, args=(theirs, job, number), daemon=True)
            try:
                process.start()
            except Exception as error:
                error.add_note(
                    f"While starting DataLoader worker {number}: the start method {context.get_start_method()!r} "
                    "pickles the dataset, collate_fn and worker_init_fn, so define them at the top of a module (not "
                    "as lambdas), or use multiprocessing_context='fork' where there is one."
                )
                self.close()
                raise
            finally:
                theirs.close()
            self._processes.append(process)

    def __len__(self) -> int:
        return len(self._processes)

    @property
    def closed(self) -> bool:
        """Whether the processes were told to end."""
        return not self._close.alive

    def close(self) -> None:
        """End the processes: each after the batch it is at, or by force if that takes more than some seconds."""
        self._close()

    def send(self, worker: int, place: int, index: Any) -> None:
        """Give a worker a task of this epoch. Raises RuntimeError if it is dead."""
        try:
            self._connections[worker].send((self.epoch, place, index))
        except OSError:
            self._raise_dead(worker)
        except BaseException:  # what cannot be pickled, or an interruption in the middle
            self.close()
            raise

    def receive(self, candidates: Iterable[int]) -> tuple[int, int, Parcel]:
        """The next answer in this epoch of one of these workers, as (worker, place, parcel).

        Raises RuntimeError if one of them is dead, or if none answers before the timeout.
        """
        from multiprocessing.connection import wait

        deadline = None if self._timeout is None else time.monotonic() + self._timeout
        by_handle = {self._connections[worker]: worker for worker in candidates}
        by_handle |= {self._processes[worker].sentinel: worker for worker in by_handle.values()}
        while True:
            ready = wait(list(by_handle), None if deadline is None else max(0.0, deadline - time.monotonic()))
            if not ready:
                raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds waiting for a worker's batch")
            # A worker's last answers may still be in the connection when its sentinel tells that it is dead.
            worker = next((by_handle[handle] for handle in ready if not isinstance(handle, int)), by_handle[ready[0]])
            try:
                (epoch, place), parcel = receive(self._connections[worker])
            except (EOFError, OSError):
                self._raise_dead(worker)
            except BaseException:  # interrupted in the middle of an answer: the rest of it makes no sense any more
                self.close()
                raise
            if epoch == self.epoch:
                return worker, place, parcel

    def _raise_dead(self, worker: int) -> None:
        """Say which workers died and of what, and end the others."""
        self._processes[worker].join(_PATIENCE)
        dead = [process for process in self._processes if process.exitcode is not None] or [self._processes[worker]]
        text = f"DataLoader worker (pid(s) {', '.join(str(process.pid) for process in dead)}) exited unexpectedly"
        reasons = sorted({_reason(process.exitcode) for process in dead})
        self.close()
        raise RuntimeError(f"{text}: {', '.join(reasons)}. Use num_workers=0 to find out where.") from None


class Prefetched:
    """The batches of one epoch from workers, which work ahead on up to `prefetch_factor` batches each.

    In order, the tasks go round the workers and so do the answers. Otherwise a task goes to the worker with the fewest,
    and the answers are handed out as they come.
    """

    def __init__(
        self, workers: Workers, indices: Iterator[Any], prefetch_factor: int, in_order: bool, keep: bool
    ) -> None:
        """`keep`: leave the workers running at the end."""
        workers.epoch += 1
        self._workers = workers
        self._epoch = workers.epoch
        self._indices = indices
        self._ahead = prefetch_factor * len(workers)
        self._in_order = in_order
        self._keep = keep
        self._active = [True] * len(workers)  # False once its stream has ended
        self._turns = cycle(range(len(workers)))
        self._tasks: dict[int, int] = {}  # places that are not handed out yet, in order, and whose they are
        self._sent = 0
        self._fill()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._epoch != self._workers.epoch:
            raise RuntimeError(
                "this iterator of a DataLoader with persistent_workers has ended: a later iter(loader) took its workers"
            )
        while self._tasks:
            if self._workers.closed:
                raise RuntimeError("the workers of this DataLoader were ended: start a new iteration")
            candidates = [self._tasks[next(iter(self._tasks))]] if self._in_order else set(self._tasks.values())
            worker, place, parcel = self._workers.receive(candidates)
            del self._tasks[place]
            answer = parcel.open()
            if isinstance(answer, Exhausted):
                self._active[worker] = False
                self._tasks = {place: owner for place, owner in self._tasks.items() if owner != worker}
            self._fill()
            if isinstance(answer, Failure):
                raise answer.exception()  # no name for it here: it would keep this frame, and the workers, alive
            if not isinstance(answer, Exhausted):
                return answer
        if not self._keep:
            self._workers.close()
        raise StopIteration

    def _fill(self) -> None:
        """Hand out tasks until as many are under way as wanted, or there are none left."""
        while len(self._tasks) < self._ahead and any(self._active):
            try:
                index = next(self._indices)
            except StopIteration:
                self._indices = iter(())  # some iterators would go on
                return
            worker = self._next_worker()
            self._workers.send(worker, self._sent, index)
            self._tasks[self._sent] = worker
            self._sent += 1

    def _next_worker(self) -> int:
        if self._in_order:
            return next(worker for worker in self._turns if self._active[worker])
        owners = list(self._tasks.values())
        return min((worker for worker, active in enumerate(self._active) if active), key=owners.count)


def _hang_up(owner: int, connections: list[Any], processes: list[Any]) -> None:
    """Close the connections, upon which the workers end, and wait for them. Only for the process that started them."""
    if os.getpid() != owner:
        return
    for connection in connections:
        connection.close()
    deadline = time.monotonic() + _PATIENCE
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
    for process in processes:
        if process.is_alive():
            process.terminate()
    for process in processes:
        process.join(1.0)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()


def _reason(exitcode: int | None) -> str:
    if exitcode is None:
        return "it closed its connection"
    if exitcode >= 0:
        return f"exit code {exitcode}"
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = str(-exitcode)
    return f"killed by signal {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
