"""What a workload is, and the list of them all.

A workload is a function of the module it runs on, ``torch`` or ``minitorch``, so that both run the same code. It
returns the step to be timed and the parameters that the step trains. Its floor, where it has one, is the same step in
NumPy alone, a function of the parameters' first values (a test holds the two together).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Step

Build = Callable[[Any], tuple[Step, Sequence[Any]]]
Floor = Callable[[list[Any]], Step]


@dataclass(frozen=True)
class Workload:
    """A workload: what it is called, how it is built, and its targets as ratios (None: no target)."""

    name: str
    title: str
    build: Build
    target: float | None
    floor: Floor | None
    floor_target: float | None


WORKLOADS: dict[str, Workload] = {}


def workload(
    title: str, *, target: float | None = None, floor: Floor | None = None, floor_target: float | None = None
) -> Callable[[Build], Build]:
    """Enter a function into the list by its name. ``target`` is over PyTorch, ``floor_target`` over the floor."""

    def enter(build: Build) -> Build:
        WORKLOADS[build.__name__] = Workload(build.__name__, title, build, target, floor, floor_target)
        return build

    return enter
