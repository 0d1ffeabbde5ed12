"""One run of a sweep: a pure function of the configuration in its folder, which leaves a record there when it is done.

Whoever calls it again gets the record, so it does no harm when a run is given out twice. A run that was cut short goes
on from its last checkpoint, with the numbers it would have had.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minitorch.train import checkpoint
from minitorch.train.build import build
from minitorch.train.config import load
from minitorch.train.job import carry_out
from minitorch.train.runs import Run, RunError, versions

Record = dict[str, Any]

FAILED = "failed.json"
_ONE_AT_A_TIME = threading.Lock()  # random numbers are the process's, and Dask may call from several threads


def perform(folder: str, trust: bool = False) -> Record:
    """Train the run whose ``config.toml`` is in a folder; give its summary, or how it failed.

    Raises `OSError` and `MemoryError`: those are the machine's failures, and may be gone at the next try.
    """
    run = Run(folder)
    if not run.config.is_file():
        raise FileNotFoundError(f"{run.config} is not to be seen from here: workers must share the folder of the runs")
    with _ONE_AT_A_TIME, _held(run):
        return record_of(run.folder) or _carried_out(run, trust)


def record_of(folder: Path) -> Record | None:
    """What a run that is done has left; none if it is not done."""
    for name in ("summary.json", FAILED):
        with contextlib.suppress(FileNotFoundError):
            record: Record = json.loads((folder / name).read_text(encoding="utf-8"))
            return record
    return None


def _carried_out(run: Run, trust: bool) -> Record:
    import tomli_w

    started = time.monotonic()
    output = open(run.folder / "output.txt", "a", encoding="utf-8")  # noqa: SIM115 (closed below)
    with output, contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            parts = build(*load(run.config, trust=trust))
            checkpoint.write_whole(run.config, tomli_w.dumps(parts.resolved).encode())
            content = {"seed": parts.config.seed, "versions": versions()}
            checkpoint.write_whole(run.folder / "versions.json", (json.dumps(content, indent=2) + "\n").encode())
            carry_out(run, parts, print, draw=False)  # drawing takes longer than training a toy
        except (OSError, MemoryError):
            raise
        except Exception as error:
            traceback.print_exc()
            seconds = round(time.monotonic() - started, 3)
            record = {"status": "failed", "error": f"{type(error).__name__}: {error}", "seconds": seconds}
            checkpoint.write_whole(run.folder / FAILED, (json.dumps(record, indent=2) + "\n").encode())
    done = record_of(run.folder)
    assert done is not None
    return done


@contextlib.contextmanager
def _held(run: Run) -> Iterator[None]:
    """The run's lock. Another process that has it is doing this very run: what it leaves is what is wanted."""
    with contextlib.ExitStack() as stack:
        while True:
            try:
                stack.enter_context(run.lock())
                break
            except RunError:
                time.sleep(0.1)
        yield
