"""P02: gradients are cleared, but less often than they are used."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import History, Lineage, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.rules.p01_zero_grad_forgotten import applied_again, clearing, growth, parts_of, stale
from minitorch.doctor.site import Site


class ZeroGradOnceAnEpoch(Rule):
    """As P01 between two clearings: the clearing stands outside of the loop that steps."""

    code = "P02"
    title = "zero_grad() is called once an epoch, not once a step"

    def on_step(self, h: History, step: Step) -> Findings:
        old = stale(step)
        zero = clearing(h, step)
        if not old or step.closure or zero is None:
            return
        parts, used = parts_of(old)
        last = step.window[-1]
        rate = h.counts["step"] / max(1, h.counts["zero"])
        yield self.finding(
            "gradients of earlier steps are being applied again: they are cleared too rarely",
            [
                (zero.site, f"runs once for {rate:.0f} steps" if rate >= 2 else "does not run between these two steps"),
                (
                    step.site,
                    f"used gradients from {len(parts)} backward calls; {len(used)} of them were applied before",
                ),
                (last.site, "adds to what earlier steps have used"),
            ],
            effect=f"|grad| is {growth(old):.1f}x the gradient of this batch alone",
            fix=f"move line {zero.site.line} into the loop, before line {last.site.line}",
        )

    def on_applied(self, h: History, leaf: Any, lineage: Lineage, site: Site) -> Findings:
        zero = h.zeros.get(id(leaf))
        if zero is None or not applied_again(lineage):
            return
        last = lineage.parts[-1]
        yield self.finding(
            "gradients of earlier steps are being applied again: they are cleared too rarely",
            [
                (zero.site, "does not run between these steps"),
                (site, f"moves along the gradients of {len(lineage.parts)} backward calls"),
                (last.site, "adds to what earlier steps have used"),
            ],
            effect=f"|grad| is {growth([lineage]):.1f}x the gradient of this batch alone",
            fix=f"clear the gradient for each step, before line {last.site.line}",
        )
