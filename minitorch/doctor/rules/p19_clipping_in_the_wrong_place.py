"""P19: gradients are clipped for every micro-batch, or after the step."""

from __future__ import annotations

import math
from typing import Any

from minitorch.doctor.record import History, Lineage, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class ClippingInTheWrongPlace(Rule):
    """Early micro-batches are scaled down several times and late ones once; after the step it does nothing."""

    code = "P19"
    title = "gradients are clipped per micro-batch, or after the step"
    severity = "warning"

    def __init__(self) -> None:
        self.clips: dict[int, list[tuple[Site, int, float]]] = {}  # by lineage: where, how many parts it held, factor
        self.late = 0

    def on_clip(self, h: History, site: Site, lineages: list[Lineage], bound: float, norm: float | None) -> Findings:
        if not math.isfinite(bound):
            return
        factor = 1.0 if norm is None or not norm else min(1.0, bound / norm)
        for x in lineages:
            self.clips.setdefault(id(x), []).append((site, len(x.parts), factor))
        held = [x for x in lineages if x.parts]
        if held and all(x.used == len(x.parts) for x in held):
            self.late += 1
            if self.late >= 2:
                last = next((s for s in h.last_step.values()), None)
                where: list[tuple[Site, str]] = [(site, "clips gradients that have been applied already")]
                if last is not None:
                    where.append((last.site, "has applied them"))
                yield self.finding(
                    "gradients are clipped after the step",
                    where,
                    effect=f"no update is clipped: |grad| was {norm:.3g}, the bound is {bound:.3g}"
                    if norm is not None
                    else "no update is clipped",
                    fix=f"move line {site.line} before the step" + (f" at line {last.site.line}" if last else ""),
                )

    def on_step(self, h: History, step: Step) -> Findings:
        found: Any = None
        for x in step.lineages:
            clips = self.clips.pop(id(x), [])
            early = [c for c in clips if x.used < c[1] < len(x.parts)]
            if early and found is None:
                found = (early, len(x.parts) - x.used, x)
        if found is None or step.closure:
            return
        early, n, x = found
        factor = math.prod(c[2] for c in early)
        yield self.finding(
            f"gradients are clipped {len(early)} time{'s' if len(early) > 1 else ''} before their window is complete",
            [
                (early[0][0], f"clips after {early[0][1] - x.used} of {n} micro-batches"),
                (x.parts[-1].site, "adds to what has been clipped"),
            ],
            effect=f"the first micro-batch was scaled by {factor:.3g}, the last by none of it"
            if factor < 1
            else "micro-batches are clipped unequally as soon as their norm passes the bound",
            fix=f"clip once, just before the step at line {step.site.line}",
        )
