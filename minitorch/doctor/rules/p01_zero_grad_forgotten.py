"""P01: nothing clears the gradients between two steps."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import Backward, History, Lineage, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


def stale(step: Step) -> list[Lineage]:
    """The gradients that this step's optimizer has used before and that got something new on top."""
    return [x for x in step.lineages if 0 < x.used < len(x.parts) and x.user is step.optimizer and not x.touched]


def clearing(h: History, step: Step) -> Any:
    """The latest clearing of any of the step's gradients, if there ever was one."""
    return next((h.zeros[id(p)] for p in step.parameters if id(p) in h.zeros), None)


def growth(lineages: list[Lineage]) -> float:
    """How many times longer the gradients are than what the latest backward pass alone brought."""
    alone = sum(x.before for x in lineages)
    whole = 0.0
    for lineage in lineages:
        leaf = lineage.leaf()
        if leaf is not None and leaf._grad is not None:
            whole += float((leaf._grad.array**2).sum())
    return float((whole / alone) ** 0.5) if alone else float("inf")


def parts_of(lineages: list[Lineage]) -> tuple[list[Backward], list[Backward]]:
    """The backward passes in these gradients: all of them, and those used before."""
    longest = max(lineages, key=lambda x: len(x.parts))
    return longest.parts, longest.parts[: longest.used]


def applied_again(lineage: Lineage) -> bool:
    """Whether a step by hand has just used what an earlier one had used already."""
    return 0 < lineage.used < len(lineage.parts) and not lineage.touched


class ZeroGradForgotten(Rule):
    """Every step adds its gradient to those of all steps before: gradient descent with a momentum of 1."""

    code = "P01"
    title = "zero_grad() is forgotten: every step uses the gradients of earlier ones again"

    def on_step(self, h: History, step: Step) -> Findings:
        old = stale(step)
        if not old or step.closure or clearing(h, step) is not None:
            return
        parts, used = parts_of(old)
        last = step.window[-1]
        yield self.finding(
            "gradients of earlier steps are being applied again",
            [
                (
                    step.site,
                    f"used gradients from {len(parts)} backward calls; {len(used)} of them were applied before",
                ),
                (last.site, "adds to .grad, and nothing clears it between the two lines"),
            ],
            effect=f"after {step.number} steps |grad| is {growth(old):.1f}x the gradient of this batch alone",
            fix=f"optimizer.zero_grad()  before line {last.site.line}, once for each step",
        )

    def on_applied(self, h: History, leaf: Any, lineage: Lineage, site: Site) -> Findings:
        if not applied_again(lineage) or id(leaf) in h.zeros:
            return
        n, last = len(lineage.parts), lineage.parts[-1]
        yield self.finding(
            "gradients of earlier steps are being applied again",
            [
                (site, f"moves along the gradients of {n} backward calls; {lineage.used} of them were applied before"),
                (last.site, "adds to .grad, and nothing clears it between the two lines"),
            ],
            effect=f"after {n} steps |grad| is {growth([lineage]):.1f}x the gradient of this batch alone",
            fix=f"set .grad to None, or fill it with zeros, before line {last.site.line}, once for each step",
        )
