"""A sweep from beginning to end: points are asked for, their runs given out, what is done already is left as it is."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import tomli_w

from minitorch.sweep.executor import Ended, Executor
from minitorch.sweep.plan import Plan, Point, load
from minitorch.sweep.results import Outcome, Results, Row, ordered, spread
from minitorch.sweep.search import Search, search_of
from minitorch.sweep.space import Values
from minitorch.sweep.task import FAILED, Record, perform, record_of
from minitorch.train.checkpoint import write_whole
from minitorch.train.runs import Run, RunError

Say = Callable[[str], None]


def sweep(
    file: str | Path,
    overrides: Sequence[str] = (),
    root: str | Path = "runs",
    *,
    workers: int | None = None,
    dask: str | None = None,
    trust: bool = False,
    retry_failed: bool = False,
    say: Say = print,
) -> Results:
    """Do the runs of a sweep that are not done yet, in ``workers`` processes or on the Dask cluster at an address.

    They are in ``root/name/sweep/<point>/seed-<seed>/``, and the results beside them. A run that failed by itself stays
    failed unless ``retry_failed``.

    Raises `ConfigError`, `RunError` (another process is at this sweep), `ExecutorLost` and `ModuleNotFoundError`.
    """
    plan = load(file, overrides, trust)
    executor = _executor(plan, workers, dask)
    try:
        folder = Path(root).absolute() / plan.name / "sweep"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"cannot make the folder {folder}: {error.strerror or error}") from None
        with Run(folder).lock():
            driver = _Driver(plan, folder, search_of(plan, folder), executor, retry_failed, say)
            try:
                driver.drive()
            finally:
                results = driver.results()
                results.write()
    finally:
        executor.close()
    for line in _closing(results):
        say(line)
    return results


def _executor(plan: Plan, workers: int | None, dask: str | None) -> Executor:
    if dask is not None:
        from minitorch.sweep.cluster import DaskExecutor

        return DaskExecutor(perform, dask, plan.table.tries)
    from minitorch.sweep.local import LocalExecutor

    return LocalExecutor(perform, workers or _cores(), plan.table.tries)


def _cores() -> int:
    """Of this machine, those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Driver:
    """Keeps the executor busy and the search informed."""

    def __init__(
        self, plan: Plan, folder: Path, search: Search, executor: Executor, retry_failed: bool, say: Say
    ) -> None:
        self.plan, self.folder, self.search, self.executor = plan, folder, search, executor
        self.retry_failed, self.say = retry_failed, say
        self.total = plan.count * len(plan.seeds)
        self.points: dict[str, Point] = {}
        self.open: list[tuple[int, Point]] = []  # trials that wait for runs
        self.waiting: deque[tuple[Point, int]] = deque()
        self.under_way: dict[str, tuple[Point, int]] = {}
        self.ended: dict[str, Outcome] = {}

    def drive(self) -> None:
        self.say(f"{self.folder}: {self.plan}")
        for number, values in self.search.earlier():
            self.take_up(number, values)
        while True:
            while len(self.under_way) < self.executor.slots and self.give_out():
                pass
            if not self.under_way:
                break
            self.note(self.executor.next())

    def give_out(self) -> bool:
        """Submit one more run, if there is one."""
        while not self.waiting:
            trial = self.search.ask()
            if trial is None:
                return False
            self.take_up(*trial)
        point, seed = self.waiting.popleft()
        run = self.run_folder(point, seed)
        run.mkdir(parents=True, exist_ok=True)
        if self.retry_failed:
            (run / FAILED).unlink(missing_ok=True)
        if not (run / "config.toml").exists():
            write_whole(run / "config.toml", tomli_w.dumps(self.plan.config_of(point, seed)).encode())
        key = _key(point, seed)
        self.under_way[key] = (point, seed)
        self.executor.submit(key, str(run), self.plan.trust)
        return True

    def take_up(self, number: int, values: Values) -> None:
        """A trial begins: those of its runs that nobody has done or is at are to be done."""
        point = self.plan.point(values)
        self.points[point.id] = point
        for seed in self.plan.seeds:
            key = _key(point, seed)
            if key in self.ended or key in self.under_way or (point, seed) in self.waiting:
                continue
            record = record_of(self.run_folder(point, seed))
            if record is None or (self.retry_failed and record["status"] == "failed"):
                self.waiting.append((point, seed))
            else:
                self.ended[key] = self.outcome(point, seed, record)
        self.open.append((number, point))
        self.settle()

    def note(self, ended: Ended) -> None:
        """A run has ended."""
        point, seed = self.under_way.pop(ended.key)
        record = ended.value if ended.error is None else {"status": "failed", "error": ended.error}
        outcome = self.ended[ended.key] = self.outcome(point, seed, record)
        if outcome.error is None:
            said = f"{self.plan.monitor} {outcome.figures[self.plan.monitor]:.4f} ({outcome.seconds:.1f} s)"
        else:
            said = f"failed: {outcome.error.splitlines()[0]}"
        self.say(f"[{len(self.ended)}/{self.total}] {point} seed={seed}: {said}")
        self.settle()

    def settle(self) -> None:
        """Tell the search of trials whose runs have all ended."""
        for trial in list(self.open):
            number, point = trial
            outcomes = [self.ended.get(_key(point, seed)) for seed in self.plan.seeds]
            if None not in outcomes:
                values = [outcome.figures.get(self.plan.monitor, math.nan) for outcome in outcomes if outcome]
                mean = spread(values).mean
                self.search.tell(number, mean if math.isfinite(mean) else None)
                self.open.remove(trial)

    def outcome(self, point: Point, seed: int, record: Record) -> Outcome:
        figures = {
            f"{part}_{name}": math.nan if value is None else value
            for part, values in record.get("figures", {}).items()
            for name, value in values.items()
        }
        folder = self.run_folder(point, seed)
        return Outcome(seed, folder, figures, record.get("error"), record.get("seconds"))

    def run_folder(self, point: Point, seed: int) -> Path:
        return self.folder / point.id / f"seed-{seed}"

    def results(self) -> Results:
        """Of what has ended so far."""
        rows = []
        for point in self.points.values():
            outcomes = [self.ended[key] for seed in self.plan.seeds if (key := _key(point, seed)) in self.ended]
            if outcomes:
                rows.append(Row(point, outcomes))
        return ordered(self.plan, self.folder, rows)


def _key(point: Point, seed: int) -> str:
    return f"{point.id}/seed-{seed}"


def _closing(results: Results) -> list[str]:
    lines = [results.as_table()]
    best, monitor = results.best, results.plan.monitor
    if best:
        lines.append(f"best: {best.point} ({monitor} {best.figures[monitor]})")
    if results.failed:
        lines.append(f"{len(results.failed)} runs failed:")
    said = (f"{run.folder.relative_to(results.folder)}: {str(run.error).splitlines()[0]}" for run in results.failed)
    return lines + [f"  {line}" for line in said]
