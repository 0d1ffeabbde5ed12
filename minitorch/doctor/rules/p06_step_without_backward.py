"""P06: a step that has nothing new to use."""

from __future__ import annotations

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule


class StepWithoutBackward(Rule):
    """Two steps on one gradient apply it twice; a step without any does nothing."""

    code = "P06"
    title = "a step without a backward pass before it"
    last = True  # another rule may know why there is nothing

    def __init__(self) -> None:
        self.seen: dict[tuple[int, bool, object], int] = {}

    def on_step(self, h: History, step: Step) -> Findings:
        if (
            step.window
            or step.closure
            or any(x.touched for x in step.lineages)
            or step.number in (h.notes.get("emptied"), h.notes.get("explained"))
        ):
            return
        if any(p._grad is not None for p in step.parameters) and not step.again:
            return  # somebody sets gradients by hand
        own = bool(step.again) and all(x.user is step.optimizer for x in step.lineages)
        if step.again and not own:
            return  # another optimizer has used them: P11
        key = (id(step.optimizer), own, step.site)
        self.seen[key] = self.seen.get(key, 0) + 1
        if self.seen[key] < 2:
            return
        before = next((s for s in reversed(h.steps.get(id(step.optimizer), [])) if s.window), None)
        where = [(step.site, "uses a gradient that has been applied already" if own else "finds no gradient at all")]
        if own and before is not None:
            where.append((before.site, "has applied it"))
        yield self.finding(
            "the same gradient is applied twice" if own else "a step with nothing to apply",
            where,
            effect=f"{self.seen[key]} steps so far " + ("took a direction a second time" if own else "changed nothing"),
            fix="one step() for each window of backward() calls: remove this one"
            if own
            else "call backward() on the loss before step(), and clear gradients after the step, not before it",
            severity="warning" if own else "error",
        )
