"""Runs side by side: a table of all of them, and of some the differences and the curves over each other."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minitorch.train.callbacks import mode_of
from minitorch.train.problems import shown
from minitorch.train.resolved import flat
from minitorch.train.runs import Run, RunError

_MISSING = "-"


@dataclass(frozen=True)
class Row:
    """A run in the table; ``changed`` is what its configuration says otherwise than the first run of its name."""

    name: str
    status: str
    monitor: str
    best: float | None
    seconds: float
    changed: dict[str, Any]


def overview(root: str | Path, name: str | None = None) -> list[Row]:
    """Every run under a folder, or those of one name, by name and number.

    Raises `RunError` when the folder, or the name, is not there.
    """
    folder = Path(root)
    parents = [folder / name] if name else sorted(folder.iterdir()) if folder.is_dir() else [folder]
    if not (folder / (name or "")).is_dir():
        raise RunError(f"{parents[0]} is not a folder of runs")
    rows = []
    for parent in parents:
        numbered = sorted((int(p.name), p) for p in parent.iterdir() if p.name.isdigit()) if parent.is_dir() else []
        first: dict[str, Any] = {}
        for _, path in numbered:
            if (path / "config.toml").is_file():
                row, first = _row(Run(path), f"{parent.name}/{path.name}", first)
                rows.append(row)
    return rows


def _row(run: Run, name: str, first: dict[str, Any]) -> tuple[Row, dict[str, Any]]:
    config = configuration(run)
    first = first or config
    keys = {**first, **config}
    changed = {key: config.get(key, _MISSING) for key in keys if config.get(key) != first.get(key)}
    monitor = str(config.get("trainer.monitor", "val_loss"))
    values = [line[monitor] for line in run.lines("epoch") if line.get(monitor) is not None]
    best = (max if mode_of(monitor) == "max" else min)(values) if values else None
    if run.finished:
        seconds = float(json.loads(run.summary.read_text(encoding="utf-8"))["seconds"])
    else:
        times = [p.stat().st_mtime for p in (run.config, run.metrics) if p.exists()]
        seconds = times[-1] - times[0]
    return Row(name, run.status, monitor, best, seconds, changed), first


def configuration(run: Run) -> dict[str, Any]:
    """A run's configuration, every value under its dotted key.

    Raises `RunError` when it cannot be read.
    """
    try:
        return flat(tomllib.loads(run.config.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RunError(f"{run.config}: cannot be read: {error}") from None


def table_of(rows: Sequence[Row]) -> str:
    """The overview as text."""
    lines = [["run", "status", "best", "seconds", "changed"]]
    for row in rows:
        best = _MISSING if row.best is None else f"{row.monitor} {row.best:.4f}"
        changed = " ".join(
            f"{key}={value if value == _MISSING else shown(value)}" for key, value in row.changed.items()
        )
        lines.append([row.name, row.status, best, f"{row.seconds:.1f}", changed])
    return aligned(lines)


def differences(runs: Sequence[Run]) -> str:
    """What differs in the runs' configurations and final figures: a row a key, a column a run."""
    configs = [configuration(run) for run in runs]
    lines = [["", *map(_name, runs)]]
    for key in dict.fromkeys(key for config in configs for key in config):
        values = [shown(config[key]) if key in config else _MISSING for config in configs]
        if len(set(values)) > 1:
            lines.append([key, *values])
    last = [{**(run.lines("epoch") or [{}])[-1], **(run.lines("test") or [{}])[-1]} for run in runs]
    for key in dict.fromkeys(key for figures in last for key in figures if key != "kind" and "/" not in key):
        values = [f"{v:.4g}" if isinstance(v := figures.get(key), int | float) else _MISSING for figures in last]
        lines.append([key, *values])
    return aligned(lines)


def curves_together(runs: Sequence[Run], path: str | Path) -> None:
    """Draw every figure that is measured at epochs, all runs in one picture each, as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    histories = [run.lines("epoch") for run in runs]
    known = {key for history in histories for epoch in history for key in epoch}
    names = [n for n in ("train_loss", "val_loss", "val_accuracy", "val_r2", "val_rmse", "lr") if n in known]
    if not names:
        raise RunError("none of these runs has finished an epoch: there is nothing to draw")
    figure = Figure(figsize=(4.5 * len(names), 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    for place, name in enumerate(names):
        axes = figure.add_subplot(1, len(names), place + 1)
        for run, history in zip(runs, histories, strict=True):
            points = [(epoch["epoch"], epoch[name]) for epoch in history if epoch.get(name) is not None]
            if points:
                axes.plot(*zip(*points, strict=True), label=_name(run), marker="." if len(points) < 2 else None)
        axes.set_xlabel("epoch")
        axes.set_title(name)
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=100, format="png")


def _name(run: Run) -> str:
    folder = run.folder.resolve()
    return f"{folder.parent.name}/{folder.name}"


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)
