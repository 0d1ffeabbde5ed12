"""P12: a closure that is evaluated several times in one step, and does not clear the gradients."""

from __future__ import annotations

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule


class ClosureWithoutZeroGrad(Rule):
    """Each evaluation adds to the last: the curvature that L-BFGS sees is nonsense."""

    code = "P12"
    title = "the closure does not clear the gradients"

    def __init__(self) -> None:
        self.bare: dict[int, int] = {}

    def on_step(self, h: History, step: Step) -> Findings:
        if not step.closure:
            return
        parts = max((x.parts for x in step.lineages), key=len, default=[])
        evaluations = {b.closure for b in parts}
        if not parts and step.inside:
            return  # it clears them itself: sharpness-aware minimisation
        if not parts:
            key = id(step.optimizer)
            self.bare[key] = self.bare.get(key, 0) + 1
            if self.bare[key] >= 2:
                yield self.finding(
                    "the closure calls no backward()",
                    [
                        (
                            step.site,
                            f"evaluated it {step.closure} time{'s' if step.closure > 1 else ''} and found no gradient",
                        )
                    ],
                    effect="the step changes nothing",
                    fix="in the closure:  optimizer.zero_grad(); loss = ...; loss.backward(); return loss",
                )
            return
        stale = any(0 < x.used < len(x.parts) for x in step.lineages)
        if len(evaluations) < 2 and not stale:
            return
        last = parts[-1]
        yield self.finding(
            "the closure adds to the gradients of its earlier evaluations",
            [
                (
                    last.site,
                    f"the gradient holds {len(parts)} backward passes from {max(len(evaluations), 2)} evaluations",
                ),
                (step.site, f"evaluates the closure {step.closure} time{'s' if step.closure > 1 else ''} a step"),
            ],
            effect="steps and curvature are computed from sums of gradients at different points",
            fix=f"optimizer.zero_grad()  as the closure's first line, before line {last.site.line}",
        )
