"""The run itself: each workload on minitorch, on PyTorch if it is there, and on its floor, in turn."""

from __future__ import annotations

import importlib
import statistics
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import (  # noqa: F401  (workloads enter)
    dense,
    estimators,
    images,
    loading,
    processes,
    recurrent,
    text,
    watched,
)
from benchmarks.measure import BLOCK, Step, alternate, ratio
from benchmarks.report import Line
from benchmarks.small_ops import OPERATIONS, step_of
from benchmarks.workload import WORKLOADS, Workload

NO_TORCH = "PyTorch is not installed, so there is nothing to compare with: times of minitorch alone. pip install torch"
GROUPS = ("doctor", "import", "process", "sklearn", "small_ops")  # what there is beside the workloads


def names() -> list[str]:
    """What ``--only`` can choose from."""
    return [*WORKLOADS, *GROUPS]


def modules() -> tuple[Any, Any | None]:
    """minitorch, and PyTorch on one thread, or None."""
    ours = _whole("minitorch")
    try:
        torch = _whole("torch")
    except ImportError:
        return ours, None
    torch.set_num_threads(1)
    return ours, torch


def _whole(package: str) -> Any:
    module = importlib.import_module(package)
    for part in ("nn", "optim", "utils.data"):
        importlib.import_module(f"{package}.{part}")
    return module


def lines_of(chosen: list[str], rounds: int) -> Iterator[Line]:
    """Measures what was chosen and yields the table's lines as they are known."""
    ours, torch = modules()
    for name in chosen:
        if name in WORKLOADS:
            yield from _workload(WORKLOADS[name], ours, torch, rounds)
    if "small_ops" in chosen:
        for title, operation in OPERATIONS.items():
            steps = {"minitorch": step_of(ours, operation)}
            if torch is not None:
                steps["PyTorch"] = step_of(torch, operation)
            yield from _compared(f"small op: {title}", steps, {"PyTorch": 1.0}, max(rounds // 2, 5), block=0.003)
    if "doctor" in chosen:
        found, mine, theirs = watched.attached(ours, rounds)
        yield Line(watched.TITLE, "alone", found, watched.TARGET, statistics.median(mine), statistics.median(theirs))
    if "sklearn" in chosen:
        for name, times, accuracies, mine, theirs in estimators.fitted(rounds):
            yield Line(f"MLPClassifier.fit, {name}", "sklearn", times, estimators.TARGET, mine, theirs)
            yield Line(f"MLPClassifier, {name}: sklearn's accuracy", "ours", accuracies, estimators.TARGET)
    if "import" in chosen:
        yield Line("import minitorch, after NumPy", "ms", processes.import_milliseconds(), processes.IMPORT_TARGET)
    if "process" in chosen:
        try:
            jobs = processes.whole_processes()
        except RuntimeError as error:  # what is measured so far is not lost
            print(error, file=sys.stderr)
            jobs = {}
        for title, (found, mine, theirs) in jobs.items():
            yield Line(title, "PyTorch", found, 0.4, mine, theirs)


def _workload(w: Workload, ours: Any, torch: Any | None, rounds: int) -> Iterator[Line]:
    steps: dict[str, Step] = {}
    ours.manual_seed(0)
    steps["minitorch"], parameters = w.build(ours)
    if torch is not None:
        torch.manual_seed(0)
        steps["PyTorch"], _ = w.build(torch)
    if w.floor is not None:
        steps["floor"] = w.floor([np.array(p.detach().numpy()) for p in parameters])
    yield from _compared(w.title, steps, {"PyTorch": w.target, "floor": w.floor_target}, rounds)


def _compared(
    title: str, steps: dict[str, Step], targets: dict[str, float | None], rounds: int, block: float = BLOCK
) -> Iterator[Line]:
    seconds = alternate(steps, rounds, block)
    ours = seconds.pop("minitorch")
    mine = statistics.median(ours)
    if not seconds:
        yield Line(title, "us", ratio([s * 1e6 for s in ours], [1.0] * len(ours)), None)
    for over, theirs in seconds.items():
        yield Line(title, over, ratio(ours, theirs), targets[over], mine, statistics.median(theirs))
