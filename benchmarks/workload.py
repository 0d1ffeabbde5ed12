"""What a workload is, and the list of them all.

A workload is a function of the module it runs on, ``torch`` or ``minitorch``, so that both run the same code. It
returns the step to be timed and the parameters that the step trains. Its floor, where it has one, is the same step in
NumPy alone, a function of the parameters' first values (a test holds the two together). Its step is run once more under
`minitorch.compile`, which must not change a bit of the parameters.
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
    compiled: dict[str, float] | None = None  # targets of the compiled step, by what its time is divided by


WORKLOADS: dict[str, Workload] = {}
EAGER = "eager"  # the step as it is, in the lines of the compiled one
NO_TARGETS: dict[str, float] = {}


def workload(
    title: str,
    *,
    target: float | None = None,
    floor: Floor | None = None,
    floor_target: float | None = None,
    compiled: dict[str, float] | None = NO_TARGETS,
) -> Callable[[Build], Build]:
    """Enter a function into the list by its name. ``target`` is over PyTorch, ``floor_target`` over the floor.

    ``compiled`` has the targets of the compiled step over the others by their titles, beside 1.0 over the eager step;
    None if there is no step to compile.
    """

    def enter(build: Build) -> Build:
        goals = None if compiled is None else {EAGER: 1.0} | compiled
        WORKLOADS[build.__name__] = Workload(build.__name__, title, build, target, floor, floor_target, goals)
        return build

    return enter
