"""The table ``[sweep]`` of a configuration: what a sweep tries in it, and how the results are compared."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from minitorch.train.config import Table


class SweepTable(Table):
    """``[sweep]``: how points are chosen, how often each is run, and by which figure they are compared."""

    search: Literal["grid", "random", "adaptive"] = Field(default="grid", description="how points are chosen")
    trials: int | None = Field(default=None, ge=1, description="points of a random or adaptive search")
    seeds: int | list[int] = Field(default=1, description="runs of a point: how many seeds from the run's on, or which")
    monitor: str | None = Field(
        default=None, description="the figure that points are compared by, at the end of a run; the trainer's"
    )
    goal: Literal["min", "max"] | None = Field(
        default=None, description="which is better; by default max for accuracy and r2, else min"
    )
    tries: int = Field(default=3, ge=1, description="times a run is begun when its worker dies")
    seed: int = Field(default=0, ge=0, lt=2**32, description="of a random or adaptive search")
    space: dict[str, Any] = Field(description="the keys that are swept, each with an array of values or a range")


class RangeTable(Table):
    """``{ low = ..., high = ... }``: numbers from low to high, both included; whole ones if both ends are."""

    low: int | float
    high: int | float
    log: bool = False
    step: int | float | None = None
