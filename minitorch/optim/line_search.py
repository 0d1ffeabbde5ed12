"""A line search for the strong Wolfe conditions: Nocedal and Wright, algorithms 3.5 and 3.6."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from minitorch.core.dtypes import Array


@dataclass
class Point:
    """A point x + td on the line: the loss there, its gradient, and its slope along d."""

    t: Any
    f: float
    g: Array
    slope: Any


def cubic_minimum(a: Point, b: Point, low: Any, high: Any) -> Any:
    """Where the cubic through two points, with their slopes, is least; kept within bounds."""
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1**2 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    d2 = np.sqrt(square)
    if a.t <= b.t:
        t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    else:
        t = a.t - (a.t - b.t) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2))
    return min(max(t, low), high)


def strong_wolfe(
    along: Callable[[Any], Point], t: Any, d: Array, start: Point, tolerance: float, max_evaluations: int,
    c1: float = 1e-4, c2: float = 0.9,
) -> Point:  # fmt: skip
    """A point where the loss is low enough (c₁) and the slope flat enough (c₂); the best found if it took too long.

    Steps are lengthened until they enclose such a point; the interval is then narrowed down.
    """

    def too_high(p: Point) -> bool:
        return bool(p.f > start.f + c1 * p.t * start.slope)

    def flat(p: Point) -> bool:
        return bool(abs(p.slope) <= -c2 * start.slope)

    before, here = start, along(t)
    searches = 0
    bracket: list[Point] | None = None
    while searches < max_evaluations:
        if too_high(here) or (searches > 1 and here.f >= before.f):
            bracket = [before, here]
            break
        if flat(here):
            return here
        if here.slope >= 0:
            bracket = [before, here]
            break
        farther = cubic_minimum(before, here, here.t + 0.01 * (here.t - before.t), here.t * 10)
        before, here = here, along(farther)
        searches += 1
    if bracket is None:
        bracket = [start, here]

    stuck = False
    size = np.abs(d).max()
    low, high = (0, 1) if bracket[0].f <= bracket[1].f else (1, 0)
    while searches < max_evaluations and abs(bracket[1].t - bracket[0].t) * size >= tolerance:
        ends = sorted((bracket[0].t, bracket[1].t))
        t = cubic_minimum(bracket[0], bracket[1], *ends)
        # A point close to an end says little: the second time in a row, or at the very end, it is moved inwards.
        margin = 0.1 * (ends[1] - ends[0])
        if min(ends[1] - t, t - ends[0]) < margin:
            if stuck or t >= ends[1] or t <= ends[0]:
                t = ends[1] - margin if abs(t - ends[1]) < abs(t - ends[0]) else ends[0] + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        here = along(t)
        searches += 1
        if too_high(here) or here.f >= bracket[low].f:
            bracket[high] = here
            low, high = (0, 1) if bracket[0].f <= bracket[1].f else (1, 0)
            continue
        if flat(here):
            bracket[low] = here
            break
        if here.slope * (bracket[high].t - bracket[low].t) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = here
    return bracket[low]
