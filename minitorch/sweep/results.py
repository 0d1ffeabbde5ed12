"""What came out of a sweep: mean and deviation of every figure at every point, as a table, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from minitorch.sweep.plan import Plan, Point
from minitorch.train.checkpoint import write_whole
from minitorch.train.overview import aligned


@dataclass(frozen=True)
class Outcome:
    """One run that has ended."""

    seed: int
    folder: Path
    figures: dict[str, float] = field(default_factory=dict)  # val_loss, test_accuracy, ...
    error: str | None = None
    seconds: float | None = None


class Spread(NamedTuple):
    """The mean of a figure over seeds, and its sample standard deviation (none of one run)."""

    mean: float
    deviation: float | None

    def __str__(self) -> str:
        return f"{self.mean:.4f}" + ("" if self.deviation is None else f" ± {self.deviation:.4f}")


@dataclass(frozen=True)
class Row:
    """A point and its runs."""

    point: Point
    outcomes: list[Outcome]

    @property
    def failed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.error is not None]

    @property
    def figures(self) -> dict[str, Spread]:
        """Over the runs that did not fail."""
        finished = [outcome.figures for outcome in self.outcomes if outcome.error is None]
        return {name: spread([run[name] for run in finished]) for name in (finished[0] if finished else ())}


@dataclass(frozen=True)
class Results:
    """All points, the best one first; points with a failed run come after those without."""

    plan: Plan
    folder: Path
    rows: list[Row]

    @property
    def failed(self) -> list[Outcome]:
        return [outcome for row in self.rows for outcome in row.failed]

    @property
    def best(self) -> Row | None:
        """The best point all of whose runs were finished."""
        return self.rows[0] if self.rows and not self.rows[0].failed else None

    def write(self) -> None:
        """``sweep.json`` and ``sweep.csv``, each whole or not at all."""
        write_whole(self.folder / "sweep.json", (json.dumps(self.as_tree(), indent=2) + "\n").encode())
        write_whole(self.folder / "sweep.csv", self.as_csv().encode())

    def as_tree(self) -> dict[str, Any]:
        """For programs: everything, down to the single runs."""
        return {
            "name": self.plan.name,
            "search": self.plan.table.search,
            "monitor": self.plan.monitor,
            "goal": self.plan.goal,
            "best": self.best.point.id if self.best else None,
            "points": [
                {
                    "id": row.point.id,
                    "values": row.point.values,
                    "figures": {name: value._asdict() for name, value in row.figures.items()},
                    "runs": [
                        {
                            "seed": outcome.seed,
                            "status": "finished" if outcome.error is None else "failed",
                            "folder": outcome.folder.relative_to(self.folder).as_posix(),
                            "seconds": outcome.seconds,
                        }
                        | ({"figures": outcome.figures} if outcome.error is None else {"error": outcome.error})
                        for outcome in row.outcomes
                    ],
                }
                for row in self.rows
            ],
        }

    def as_csv(self) -> str:
        """A line a point: its id, the swept keys, how many runs, and each figure's mean and deviation."""
        figures = list(dict.fromkeys(name for row in self.rows for name in row.figures))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        spreads = [f"{name}{part}" for name in figures for part in ("", "_deviation")]
        writer.writerow(["point", *self.plan.space, "finished", "failed", *spreads])
        for row in self.rows:
            found = row.figures
            values = [_cell(row.point.values[key]) for key in self.plan.space]
            numbers = [number for name in figures for number in found.get(name, (None, None))]
            failed = len(row.failed)
            writer.writerow([row.point.id, *values, len(row.outcomes) - failed, failed, *numbers])
        return text.getvalue()

    def as_table(self) -> str:
        """For people: a line a point, the swept keys by the ends of their names."""
        monitor, metric = self.plan.monitor, self.plan.monitor.partition("_")[2]
        figures = [monitor, *(name for name in (f"test_{metric}", "test_accuracy", "test_r2") if self._has(name))]
        figures = list(dict.fromkeys(figures))
        names = short_names(list(self.plan.space))
        lines = [["", *names, *figures, "runs"]]
        for rank, row in enumerate(self.rows, 1):
            found, failed = row.figures, len(row.failed)
            lines.append(
                [
                    str(rank),
                    *(_cell(row.point.values[key], digits=4) for key in self.plan.space),
                    *(str(found[name]) if name in found else "-" for name in figures),
                    str(len(row.outcomes)) + (f", {failed} failed" if failed else ""),
                ]
            )
        return aligned(lines)

    def _has(self, name: str) -> bool:
        return any(name in row.figures for row in self.rows)


def ordered(plan: Plan, folder: Path, rows: Sequence[Row]) -> Results:
    """The rows, best first."""
    sign = 1.0 if plan.goal == "min" else -1.0

    def place(row: Row) -> tuple[bool, float]:
        found = row.figures.get(plan.monitor)
        return bool(row.failed), math.inf if found is None or math.isnan(found.mean) else sign * found.mean

    return Results(plan, folder, sorted(rows, key=place))


def spread(values: Sequence[float]) -> Spread:
    """Mean and sample standard deviation.

    >>> spread([1.0, 2.0, 3.0])
    Spread(mean=2.0, deviation=1.0)
    """
    if not all(map(math.isfinite, values)):
        return Spread(math.nan, None)
    return Spread(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None)


def short_names(keys: Sequence[str]) -> list[str]:
    """The shortest ends of dotted keys that tell them apart.

    >>> short_names(["optimizer.lr", "model.layers.0.out_features", "model.layers.2.out_features"])
    ['lr', '0.out_features', '2.out_features']
    """

    def end(key: str, parts: int) -> str:
        return ".".join(key.split(".")[-parts:])

    names = []
    for key in keys:
        parts = 1
        while sum(end(other, parts) == end(key, parts) for other in keys) > 1:
            parts += 1
        names.append(end(key, parts))
    return names


def _cell(value: Any, digits: int = 17) -> str:
    if isinstance(value, float):
        return f"{value:.{digits}g}" if digits < 17 else repr(value)
    return value if isinstance(value, str) else json.dumps(value)
