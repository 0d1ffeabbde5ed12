"""P23: the loss that is reported is the one that was divided for accumulation."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import Backward, History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site
from minitorch.doctor.windows import accumulated, divisor


class ReportedNumber(Rule):
    """The curve is K times too low; the gradient is right."""

    code = "P23"
    title = "the reported loss is divided for accumulation"
    severity = "note"

    def __init__(self) -> None:
        self.read: dict[Backward, Site] = {}  # where the number of a loss was read that had its backward pass

    def on_cut(self, h: History, tensor: Any, how: str, site: Site) -> Findings:
        node = tensor._edge[0] if tensor._edge is not None else None
        if how == "item" and node is not None:
            for backward in h.backwards[-2:]:
                if any(root() is node for root in backward.nodes):
                    self.read[backward] = site
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        k = divisor(step) if accumulated(h, step) else None
        site = next((self.read[b] for b in step.window if b in self.read), None)
        self.read = {}
        if k != len(step.window) or site is None:
            return
        backward = step.window[-1]
        yield self.finding(
            f"the loss that is read here is divided by {k}",
            [(site, "reads the number"), (backward.site, f"its gradient is a {k}th of the batch's, as it should be")],
            effect=f"what is reported is {k}x too small, unless all {k} are added up",
            fix="keep the loss as it was before the division, and log that",
        )
