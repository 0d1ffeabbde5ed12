"""P03: the gradients are cleared after the backward pass and before the step that should use them."""

from __future__ import annotations

from minitorch.doctor.record import History, Step, Zero
from minitorch.doctor.rule import Findings, Rule


class ZeroGradBeforeStep(Rule):
    """Parameters never move, or by momentum and decay only."""

    code = "P03"
    title = "zero_grad() stands between backward() and step(): the step finds nothing"

    def __init__(self) -> None:
        self.emptied: dict[int, tuple[Zero, int]] = {}  # by optimizer: the clearing that threw fresh gradients away

    def on_zero(self, h: History, zero: Zero) -> Findings:
        if zero.dropped:
            for p in zero.parameters:
                owner = h.owner.get(id(p))
                if owner is not None:
                    self.emptied[id(owner)] = (zero, h.counts["step"])
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        zero, at = self.emptied.pop(id(step.optimizer), (None, 0))
        if zero is None or step.window or step.closure or at != h.counts["step"]:
            return
        if any(p._grad is not None and p._grad.array.any() for p in step.parameters):
            return  # somebody sets gradients by hand
        lost = zero.dropped[-1]
        h.notes["emptied"] = step.number
        yield self.finding(
            "the gradients are cleared before the step uses them",
            [
                (zero.site, f"throws away what backward() computed at line {lost.site.line}"),
                (step.site, "finds no gradient to apply"),
            ],
            effect=f"{len(zero.dropped)} backward pass{'es' if len(zero.dropped) > 1 else ''} had no effect at all",
            fix=f"move line {zero.site.line} before the backward() of line {lost.site.line}, or after {step.site.line}",
        )
