"""A Dask cluster as the place where runs are done; its workers may be on any machine that has the runs' folder."""

from __future__ import annotations

import time
from typing import Any

from minitorch.sweep.executor import Ended, ExecutorLost, Work


class DaskExecutor:
    """Calls ``function`` on the workers of the cluster at ``address`` (``tcp://host:port``); an `Executor`.

    A call that raises is made again, ``tries`` times in all. One whose worker dies is given to another worker, as often
    as the scheduler's own setting (``distributed.scheduler.allowed-failures``) says. A cluster may be without workers
    for ``patience`` seconds at a stretch.

    Raises `ExecutorLost` when there is no cluster at the address or it has no workers, and `ModuleNotFoundError`
    without the package.
    """

    def __init__(
        self, function: Work, address: str, tries: int = 3, connect: float = 10.0, patience: float = 60.0
    ) -> None:
        try:
            from distributed import Client, as_completed
        except ModuleNotFoundError:
            raise ModuleNotFoundError("--dask needs dask.distributed: pip install 'minitorch[dask]'") from None
        self.function, self.address, self.tries, self.patience = function, address, tries, patience
        try:
            self.client = Client(address, timeout=connect, set_as_default=False)
        except (OSError, ValueError) as error:  # a timeout is an OSError
            raise ExecutorLost(f"no Dask cluster answers at {address}: {error}") from None
        try:
            self.client.wait_for_workers(1, timeout=connect)
        except OSError:
            self.client.close()
            raise ExecutorLost(f"the Dask cluster at {address} has no workers") from None
        self.ended = as_completed(loop=self.client.loop)
        self.keys: dict[str, str] = {}

    @property
    def slots(self) -> int:
        """One a worker process: the random numbers of a run are those of its whole process."""
        return max(1, self._workers())

    def submit(self, key: str, *arguments: Any) -> None:
        future = self.client.submit(self.function, *arguments, pure=False, retries=self.tries - 1)
        self.keys[future.key] = key
        self.ended.add(future)

    def next(self) -> Ended:
        if not self.keys:
            raise ExecutorLost("nothing is under way")
        self._wait()
        future = next(self.ended)
        key = self.keys.pop(future.key)
        if future.status == "finished":
            return Ended(key, future.result())
        if future.status == "error":
            return Ended(key, error=_said(future.exception()))
        raise ExecutorLost(f"the Dask cluster at {self.address} is gone")

    def close(self) -> None:
        self.client.cancel(list(self.ended.futures), force=True)
        self.client.close()

    def _wait(self) -> None:
        """Until a call has ended, or the workers have all been away for too long."""
        seen = looked = time.monotonic()
        while not self.ended.has_ready():
            time.sleep(0.02)
            now = time.monotonic()
            if now - looked > 2:
                looked = now
                seen = now if self._workers() else seen
                if now - seen > self.patience:
                    raise ExecutorLost(f"the Dask cluster at {self.address} has no workers any more")

    def _workers(self) -> int:
        try:
            return len(self.client.nthreads())
        except OSError:
            raise ExecutorLost(f"the Dask cluster at {self.address} is gone") from None


def _said(error: BaseException | None) -> str:
    if type(error).__name__ == "KilledWorker":
        return "its worker process died as often as the scheduler allows"
    return f"{type(error).__name__}: {error}"
