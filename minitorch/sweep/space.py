"""Where a sweep looks: an axis a swept key, whose values are an array or a range; points of a grid and points drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Values = dict[str, Any]  # of one point: what each swept key is set to


@dataclass(frozen=True)
class Choices:
    """An axis with the values of an array; a value may be a whole table."""

    values: tuple[Any, ...]

    @property
    def steps(self) -> tuple[Any, ...]:
        return self.values

    @property
    def ends(self) -> tuple[Any, ...]:
        """Values that are looked at before a sweep starts, where they cannot all be."""
        return self.values

    def draw(self, random: np.random.Generator) -> Any:
        return self.values[int(random.integers(len(self.values)))]


@dataclass(frozen=True)
class Range:
    """An axis of numbers between two ends: evenly spread, or evenly in their logarithm (``log``), or ``step`` apart."""

    low: float
    high: float
    log: bool = False
    step: float | None = None

    @property
    def whole(self) -> bool:
        return isinstance(self.low, int) and isinstance(self.high, int) and not isinstance(self.step, float)

    @property
    def steps(self) -> tuple[float, ...]:
        """All values of a range with a step."""
        if self.step is None:
            raise ValueError("a range without a step has no list of values")
        count = math.floor((self.high - self.low) / self.step + 1e-9) + 1
        return tuple(self._rounded(self.low + i * self.step) for i in range(count))

    @property
    def ends(self) -> tuple[float, ...]:
        return (self._rounded(self.low), self._rounded(self.high))

    def draw(self, random: np.random.Generator) -> float:
        """One value.

        >>> Range(1e-4, 1e-1, log=True).draw(np.random.default_rng(0))
        0.00814489
        """
        if self.step is not None:
            return self.steps[int(random.integers(len(self.steps)))]
        pad = 0.5 if self.whole else 0.0  # every whole number has the stretch of half a unit around it
        low, high = self.low - pad, self.high + pad
        drawn = math.exp(random.uniform(math.log(low), math.log(high))) if self.log else random.uniform(low, high)
        return self._rounded(min(max(drawn, self.low), self.high))

    def _rounded(self, value: float) -> float:
        """Six digits are enough for a setting, and can be read."""
        return round(value) if self.whole else min(max(float(f"{value:.6g}"), self.low), self.high)


Axis = Choices | Range
Space = Mapping[str, Axis]


def grid(space: Space) -> Iterator[Values]:
    """Every combination; the last key changes fastest.

    >>> list(grid({"optimizer.lr": Choices((0.1, 0.01)), "trainer.epochs": Range(1, 2, step=1)}))[1]
    {'optimizer.lr': 0.1, 'trainer.epochs': 2}
    """
    for values in itertools.product(*(axis.steps for axis in space.values())):
        yield dict(zip(space, values))


def drawn(space: Space, count: int, seed: int) -> Iterator[Values]:
    """Random points. The n-th one depends on the seed and n alone, so that more of them begin with the same ones."""
    for number in range(count):
        random = np.random.default_rng((seed, number))
        yield {key: axis.draw(random) for key, axis in space.items()}
