"""Timing of steps against each other: short blocks in turn, and the median of their ratios."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

Step = Callable[[], Any]
BLOCK = 0.006  # seconds: many small steps, yet short beside the turns that a busy machine gives its processes


@dataclass(frozen=True)
class Ratio:
    """One time over another: the median of the rounds and their quartiles; and the best time over the best."""

    median: float
    low: float
    high: float
    best: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"

    def as_json(self) -> dict[str, float]:
        """Its numbers by name."""
        return asdict(self)


def alternate(steps: dict[str, Step], rounds: int, block: float = BLOCK) -> dict[str, list[float]]:
    """Seconds a call of each step, one number a round; every round runs all steps, each other round backwards."""
    counts = {name: _calls_in(block, step) for name, step in steps.items()}
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(rounds):
        for name in list(steps)[:: 1 if turn % 2 == 0 else -1]:
            seconds[name].append(_time(steps[name], counts[name]))
    return seconds


def ratio(ours: list[float], theirs: list[float]) -> Ratio:
    """Our time over theirs, round by round."""
    rounds = [a / b for a, b in zip(ours, theirs, strict=True)]
    low, median, high = statistics.quantiles(rounds * 2 if len(rounds) == 1 else rounds, n=4, method="inclusive")
    return Ratio(median, low, high, min(ours) / min(theirs))


def _calls_in(block: float, step: Step) -> int:
    """How many calls fill a block; the first ones, which warm caches, are not counted."""
    for _ in range(3):
        step()
    once = min(_time(step, 1) for _ in range(3))
    return max(1, round(block / once))


def _time(step: Step, calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        step()
    return (perf_counter() - start) / calls
