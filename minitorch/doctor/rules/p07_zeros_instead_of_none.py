"""P07: gradients of zeros, where None would leave a parameter alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.doctor.record import History, Step, Zero
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class ZerosInsteadOfNone(Rule):
    """Momentum, Adam's averages and weight decay go on moving a parameter that took no part."""

    code = "P07"
    title = "zero_grad(set_to_none=False): parameters without a gradient still move"
    severity = "note"

    def __init__(self) -> None:
        self.site: Site | None = None
        self.idle: list[tuple[Any, np.ndarray]] = []

    def on_zero(self, h: History, zero: Zero) -> Findings:
        if not zero.to_none:
            self.site = zero.site
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        if self.site is not None and not step.closure:
            reached = {id(x.leaf()) for x in step.lineages if x.parts}
            self.idle = [
                (p, p.array.copy()) for p in step.parameters
                if id(p) not in reached and p._requires_grad and p._grad is not None and not p._grad.array.any()
            ]  # fmt: skip
        return iter(())

    def on_stepped(self, h: History, step: Step) -> Findings:
        moved = [(p, float(np.abs(p.array - old).max())) for p, old in self.idle if p.array.size]
        moved = [(p, by) for p, by in moved if by]
        self.idle = []
        if not moved or self.site is None:
            return
        p, by = max(moved, key=lambda m: m[1])
        yield self.finding(
            "a parameter moves though it took no part in this loss",
            [(self.site, "fills gradients with zeros"), (step.site, f"moves {h.name_of(p)}")],
            effect=f"it changed by {by:.2g} in this step, by momentum, averages or weight decay",
            fix="zero_grad()  without set_to_none=False, so that it is skipped",
        )
