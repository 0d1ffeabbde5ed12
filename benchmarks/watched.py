"""What the doctor costs: one training loop with it attached, over the same loop alone."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from benchmarks.dense import mlp_adam
from benchmarks.measure import Ratio, Step, ratio

TITLE = "MLP 64-64-10, batch 32, Adam, under the doctor"
TARGET = 1.15
FIRST, STEPS = 32, 256  # steps in which it looks closely at what is new, and those that are timed after them


def attached(ours: Any, rounds: int) -> tuple[Ratio, list[float], list[float]]:
    """The doctor's time over none, round by round, each round the other one first; and seconds a step of both."""
    step, _ = mlp_adam(ours)
    watched: list[float] = []
    alone: list[float] = []
    for turn in range(rounds):
        for doctored in (True, False) if turn % 2 == 0 else (False, True):
            if doctored:
                with ours.doctor.Doctor(show=False):
                    _seconds(step, FIRST)
                    watched.append(_seconds(step, STEPS))
            else:
                _seconds(step, FIRST)
                alone.append(_seconds(step, STEPS))
    return ratio(watched, alone), watched, alone


def _seconds(step: Step, calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        step()
    return (perf_counter() - start) / calls
