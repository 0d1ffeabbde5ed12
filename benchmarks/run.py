"""The run itself: each workload on minitorch, eager and compiled, on PyTorch, on its floor and on peers, in turn."""

from __future__ import annotations

import importlib
import importlib.util
import statistics
import sys
import warnings
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
from benchmarks.peers import Build
from benchmarks.report import Line
from benchmarks.small_ops import OPERATIONS, step_of
from benchmarks.workload import EAGER, WORKLOADS, Workload

Peers = dict[str, dict[str, Build]]  # by the peer's title and the workload's name

NO_TORCH = "PyTorch is not installed, so there is nothing to compare with: times of minitorch alone. pip install torch"
COMPILED, LOOPS = "compiled", "compiled with Numba"
FIRST_CALLS = 5  # of a compiled step: it records
GROUPS = ("doctor", "import", "process", "sklearn", "small_ops")  # what there is beside the workloads


def names() -> list[str]:
    """What ``--only`` can choose from."""
    return [*WORKLOADS, *GROUPS]


def modules() -> tuple[Any, Any | None]:
    """minitorch, and PyTorch on one thread, or None."""
    ours = whole("minitorch")
    try:
        torch = whole("torch")
    except ImportError:
        return ours, None
    torch.set_num_threads(1)
    return ours, torch


def whole(package: str) -> Any:
    """A library with the parts that workloads use."""
    module = importlib.import_module(package)
    for part in ("nn", "optim", "utils.data"):
        importlib.import_module(f"{package}.{part}")
    return module


def lines_of(chosen: list[str], rounds: int, peers: Peers | None = None) -> Iterator[Line]:
    """Measures what was chosen, beside these peers, and yields the table's lines as they are known."""
    ours, torch = modules()
    for name in chosen:
        if name in WORKLOADS:
            yield from _workload(WORKLOADS[name], ours, torch, rounds, peers or {})
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


def _workload(w: Workload, ours: Any, torch: Any | None, rounds: int, peers: Peers) -> Iterator[Line]:
    steps: dict[str, Step] = {}
    ours.manual_seed(0)
    steps["minitorch"], parameters = w.build(ours)
    if w.compiled is not None and hasattr(ours, "compile"):
        try:
            steps[COMPILED] = compiled_step(w, ours)
            if importlib.util.find_spec("numba") is not None:
                steps[LOOPS] = compiled_step(w, ours, "max-autotune")
        except Exception as error:  # the others are measured all the same
            print(f"{w.name}: its step cannot be compiled: {type(error).__name__}: {error}", file=sys.stderr)
    if torch is not None:
        torch.manual_seed(0)
        steps["PyTorch"], _ = w.build(torch)
    first = [np.array(p.detach().numpy()) for p in parameters]
    if w.floor is not None:
        steps["floor"] = w.floor([p.copy() for p in first])
    for title, builds in peers.items():
        if w.name in builds:
            steps[title] = builds[w.name]([p.copy() for p in first])[0]
    yield from _compared(w.title, steps, {"PyTorch": w.target, "floor": w.floor_target}, rounds, w.compiled)


def compiled_step(w: Workload, ours: Any, mode: str | None = None) -> Step:
    """A workload's step under `minitorch.compile`, recorded, with the same first values as the eager one.

    ``mode`` is compile's. Says on stderr if it is not replayed.
    """
    ours.manual_seed(0)
    step: Step = ours.compile(w.build(ours)[0], mode=mode)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(FIRST_CALLS):
            step()
    for warning in caught:
        print(f"{w.name}: {warning.message}", file=sys.stderr)
    return step


def _compared(
    title: str,
    steps: dict[str, Step],
    targets: dict[str, float | None],
    rounds: int,
    compiled_targets: dict[str, float] | None = None,
    block: float = BLOCK,
) -> Iterator[Line]:
    """Lines of our time over each of the others', and of the compiled step's over theirs and over the eager one's."""
    seconds = alternate(steps, rounds, block)
    ours, compiled = (
        seconds.pop("minitorch"),
        {name: seconds.pop(name) for name in (COMPILED, LOOPS) if name in seconds},
    )
    if not seconds:
        yield Line(title, "us", ratio([s * 1e6 for s in ours], [1.0] * len(ours)), None)
    yield from _lines(title, ours, seconds, targets)
    for name, own in compiled.items():
        aims = compiled_targets if name == COMPILED else None
        yield from _lines(f"{title}, {name}", own, seconds | {EAGER: ours}, aims or {})


def _lines(title: str, ours: list[float], others: dict[str, list[float]], targets: Any) -> Iterator[Line]:
    mine = statistics.median(ours)
    for over, theirs in others.items():
        yield Line(title, over, ratio(ours, theirs), targets.get(over), mine, statistics.median(theirs))
