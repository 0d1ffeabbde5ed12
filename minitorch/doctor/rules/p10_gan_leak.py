"""P10: gradients of one player's loss are left in the other player's parameters."""

from __future__ import annotations

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule


class GanLeak(Rule):
    """The discriminator is also updated to help the generator, against its own aim."""

    code = "P10"
    title = "gradients of another optimizer's loss leak into this step"
    severity = "warning"

    def on_step(self, h: History, step: Step) -> Findings:
        if step.closure or len(step.window) < 2:
            return
        first, last = step.window[0], step.window[-1]
        if first.site == last.site or first.step == last.step:
            return
        others = [
            s for key, steps in h.steps.items() if key != id(step.optimizer) for s in steps
            if first.step < s.number <= last.step and first in s.window
        ]  # fmt: skip
        if not others:
            return  # no other optimizer has used it in between: accumulation
        other = others[-1]
        shared = sum(first in x.parts for x in step.lineages)
        yield self.finding(
            f"{type(step.optimizer).__name__} uses gradients of a loss that was meant for another optimizer",
            [
                (step.site, f"uses backward passes from lines {first.site.line} and {last.site.line}"),
                (first.site, "left its gradient in these parameters too"),
                (other.site, "the step it was meant for"),
            ],
            effect=f"{shared} of {len(step.parameters)} parameters are also pushed along the other loss",
            fix=f"clear them just before line {last.site.line}: this optimizer's zero_grad() there, not after its step",
        )
