"""What a run of the benchmarks leaves: the lines of its table, a JSON file, and what changed since another run."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.measure import Ratio

OUT = Path(__file__).parent / "out"
WIDTH = 60  # of a title
UNITS = ("ms", "us")  # figures that are times, which a busy machine changes, not ratios of two
NOISE, NOISE_OF_TIMES = 0.1, 0.3  # how far medians of the same code can lie apart in two processes


@dataclass(frozen=True)
class Line:
    """A figure beside its target: a ratio, or with a unit a measure of its own."""

    title: str
    over: str  # what our time is divided by, or the unit
    figure: Ratio
    target: float | None
    ours: float | None = None  # seconds
    theirs: float | None = None

    @property
    def key(self) -> str:
        """What the line is found by in another run."""
        return f"{self.title} / {self.over}"

    @property
    def verdict(self) -> str:
        """Whether the target is met: on the median, and "~" where the quartiles lie on both sides."""
        if self.target is None:
            return ""
        if self.figure.high <= self.target:
            return "met"
        if self.figure.low > self.target:
            return "missed"
        return "met~" if self.figure.median <= self.target else "missed~"

    def __str__(self) -> str:
        target = "" if self.target is None else f"{self.target:g}"
        times = "" if self.ours is None else f"{_short(self.ours):>10}"
        times += "" if self.theirs is None else f"{_short(self.theirs):>10}"
        figures = f"{self.figure!s:>20}{self.figure.best:>7.2f}"
        return f"{self.title:<{WIDTH}}{self.over:>8}{figures}{target:>7} {self.verdict:<8}{times}"


HEADER = (
    f"{'workload':<{WIDTH}}{'over':>8}{'ratio (quartiles)':>20}{'best':>7}{'target':>7} {'':<8}"
    f"{'ours':>10}{'theirs':>10}"
)


def _short(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds * 1e6:.1f} us"


def save(lines: list[Line], path: Path | None = None, **more: Any) -> Path:
    """Writes a run as JSON, by default under benchmarks/out/ and named after the time; ``more`` stands beside lines."""
    path = path or OUT / f"{datetime.now():%Y-%m-%d-%H%M%S}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines_json = {
        line.key: {"figure": line.figure.as_json(), "target": line.target, "ours": line.ours, "theirs": line.theirs}
        for line in lines
    }
    path.write_text(json.dumps({"machine": _machine(), "lines": lines_json} | more, indent=1) + "\n", encoding="utf-8")
    return path


def changes(lines: list[Line], before: dict[str, Any]) -> list[str]:
    """What changed beyond noise since an earlier run, and what is new.

    A figure has changed if its quartiles do not overlap those of then and its median is further off than two
    processes of the same code come to be: the quartiles show the noise within a process only. In 110 comparisons of 11
    runs of the same code, of 47 figures each, quartiles alone reported 7 in 100 figures as changed; both together 1 in
    1000, all of them small operations.
    """
    found = []
    for line in lines:
        then = before["lines"].get(line.key)
        if then is None:
            found.append(f"{'new':<8}{line.key}: {line.figure}")
            continue
        was, now = then["figure"], line.figure
        noise = NOISE_OF_TIMES if line.over in UNITS else NOISE
        if now.high < was.low and now.median * (1 + noise) < was.median:
            found.append(f"{'better':<8}{line.key}: {was} -> {now}")
        elif now.low > was.high and now.median > was.median * (1 + noise):
            found.append(f"{'worse':<8}{line.key}: {was} -> {now}")
    return found


def load(path: Path) -> dict[str, Any]:
    """A run that `save` wrote. Raises ValueError for any other file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"--against: cannot read {path}: {error}") from None
    try:
        for line in found["lines"].values():
            line["figure"] = Ratio(**line["figure"])
    except (AttributeError, KeyError, TypeError):
        raise ValueError(f"--against: {path} is not a run of these benchmarks") from None
    return found


def _machine() -> dict[str, str]:
    found = {"python": sys.version.split()[0], "processor": platform.processor() or platform.machine()}
    for package in ("numpy", "torch", "minitorch", "jax", "mygrad", "autograd", "scikit-learn"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
