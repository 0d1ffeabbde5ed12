"""P45: a gradient that is no number is applied."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from minitorch.doctor.record import Backward, History, Step
from minitorch.doctor.roots import origin_of
from minitorch.doctor.rule import Findings, Rule


class NonFiniteGradient(Rule):
    """All parameters are NaN from then on."""

    code = "P45"
    title = "a gradient that is NaN or infinite is applied"

    def __init__(self) -> None:
        self.first: dict[Backward, Any] = {}  # the node that made it, where it was seen

    def on_run(self, h: History, backward: Backward, node: Any, g: Any, found: Any) -> Findings:
        if backward not in self.first and not _finite(
            found
        ):  # the first such node, as the pass goes down from the loss
            bad = not _finite(g if isinstance(g, list) else [g])
            origin = origin_of(node)
            self.first = {backward: None if bad or origin is None else (origin.site, node.name())}
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        bad = [p for p in step.parameters if p._grad is not None and not _finite([p._grad])]
        if not bad:
            return
        where: list[Any] = [
            (step.site, f"applies it to {h.name_of(bad[0])}" + (f" and {len(bad) - 1} more" if len(bad) > 1 else ""))
        ]
        for backward in step.window:
            found = self.first.get(backward)
            if found is not None:
                where.append((found[0], f"its derivative ({found[1]}) is the first that is not finite"))
            if backward in self.first:
                where.append((backward.site, ""))
                break
        yield self.finding(
            "a gradient that is NaN or infinite is applied",
            where,
            effect=f"{len(bad)} of {len(step.parameters)} parameters become NaN at step {step.number}, and stay so",
            fix="if not math.isfinite(loss.item()): optimizer.zero_grad(); continue   (and skip the whole window)",
        )


def _finite(values: Any) -> bool:
    """Whether all values are finite; the sum of squares tells, but for one that overflows."""
    for value in values:
        array: Any = getattr(value, "array", value)
        number = isinstance(array, (np.ndarray, np.generic)) and array.dtype.kind in "fc"
        if number and not isfinite(abs(np.vdot(array, array))) and not np.isfinite(array).all():
            return False
    return True
