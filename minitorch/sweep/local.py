"""Worker processes on this machine, each led by a thread that starts another one when it dies.

The standard pools break as a whole when one of their processes is killed. Here a call and the process that makes it are
a matter between the two ends of a pipe: a line of JSON down, a line of JSON up, and an end of file when it died.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from minitorch.sweep.executor import Ended, ExecutorLost, Work

_LEAD = "from minitorch.sweep.worker import main; main()"


class WorkerDied(Exception):
    """A worker process ended in the middle of a call."""


class Worker:
    """One process, and the pipe to it."""

    def __init__(self, function: str) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)  # it finds what this process finds
        self.process = subprocess.Popen(
            [sys.executable, "-c", _LEAD, function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths},
            text=True,
            encoding="utf-8",
        )

    def call(self, arguments: tuple[Any, ...]) -> Any:
        """Raises `WorkerDied`, and `RuntimeError` with what the function raised."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(arguments) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except (OSError, ValueError):
            answer = ""
        if not answer.endswith("\n"):
            self.kill()
            raise WorkerDied(_ending(self.process.wait()))
        content = json.loads(answer)
        if "error" in content:
            raise RuntimeError(content["error"])
        return content["value"]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class LocalExecutor:
    """Calls ``function``, one that can be imported by its name, in ``workers`` processes; an `Executor`.

    Arguments and results are such as JSON has. Processes start when there is work for them.
    """

    def __init__(self, function: Work, workers: int, tries: int = 3) -> None:
        self.function = f"{function.__module__}:{function.__qualname__}"
        self.slots, self.tries = workers, tries
        self.threads = ThreadPoolExecutor(workers, "sweep")
        self.under_way: set[Future[Ended]] = set()
        self.idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self.workers: list[Worker] = []
        self.lock, self.closed = threading.Lock(), False

    def submit(self, key: str, *arguments: Any) -> None:
        self.under_way.add(self.threads.submit(self._carried_out, key, arguments))

    def next(self) -> Ended:
        if not self.under_way:
            raise ExecutorLost("nothing is under way")
        done, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
        ended = done.pop()
        self.under_way.remove(ended)
        return ended.result()

    def close(self) -> None:
        with self.lock:
            self.closed = True
        for worker in self.workers:
            worker.kill()
        self.threads.shutdown(cancel_futures=True)
        for worker in self.workers:
            for pipe in (worker.process.stdin, worker.process.stdout):
                if pipe is not None:
                    pipe.close()

    def _carried_out(self, key: str, arguments: tuple[Any, ...]) -> Ended:
        """In a thread: one call, made again as often as is allowed."""
        error = ""
        for _ in range(self.tries):
            try:
                worker = self._worker()
                value = worker.call(arguments)
            except WorkerDied as died:
                error = f"its worker process died {self.tries} times, at last {died}"
                continue
            except RuntimeError as raised:
                error = str(raised)
            else:
                self.idle.put(worker)
                return Ended(key, value)
            self.idle.put(worker)
        return Ended(key, error=error)

    def _worker(self) -> Worker:
        try:
            return self.idle.get_nowait()
        except queue.Empty:
            with self.lock:
                if self.closed:
                    raise WorkerDied("as the sweep was stopped") from None
                worker = Worker(self.function)
                self.workers.append(worker)
                return worker


def _ending(status: int) -> str:
    """How a process ended, in words."""
    if status < 0:
        return f"by signal {signal.Signals(-status).name}"
    return f"with exit status {status}"
