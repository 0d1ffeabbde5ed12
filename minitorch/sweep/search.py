"""The one interface through which points are chosen, and the searches that know theirs beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from minitorch.sweep.plan import Plan, Point
from minitorch.sweep.space import Values


class Search(Protocol):
    """Gives points one by one, and is told what became of each."""

    def earlier(self) -> list[tuple[int, Values]]:
        """Trials that were given out before this program began; they are not given again."""

    def ask(self) -> tuple[int, Values] | None:
        """The next trial's number and point; none when that was all."""

    def tell(self, number: int, value: float | None) -> None:
        """The mean of a trial's runs; None when one of them failed."""


class Listed:
    """The points of a grid, or drawn ones: what becomes of them changes nothing."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = iter(enumerate(points))

    def earlier(self) -> list[tuple[int, Values]]:
        return []

    def ask(self) -> tuple[int, Values] | None:
        number, point = next(self.points, (0, None))
        return (number, point.values) if point else None

    def tell(self, number: int, value: float | None) -> None:
        """Nothing is made of it."""


def search_of(plan: Plan, folder: Path) -> Search:
    """The search that a plan asks for; an adaptive one keeps its journal in the sweep's folder."""
    if plan.table.search != "adaptive":
        return Listed(plan.listed())
    from minitorch.sweep.adaptive import Adaptive

    return Adaptive(
        folder / "journal.log", plan.id, plan.space, plan.goal, trials=plan.table.trials or 0, seed=plan.table.seed
    )
