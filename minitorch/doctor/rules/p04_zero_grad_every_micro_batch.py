"""P04: gradients are cleared for every micro-batch, though a step comes only after several."""

from __future__ import annotations

from minitorch.doctor.record import History, Step, Zero
from minitorch.doctor.rule import Findings, Rule


class ZeroGradEveryMicroBatch(Rule):
    """All but the last of a window's backward passes are thrown away."""

    code = "P04"
    title = "zero_grad() in every micro-batch: most backward passes are thrown away"

    def __init__(self) -> None:
        self.thrown: dict[int, list[Zero]] = {}  # by optimizer: clearings of fresh gradients since its last step
        self.windows: dict[int, int] = {}  # how many windows in a row lost something

    def on_zero(self, h: History, zero: Zero) -> Findings:
        lost = [b for b in zero.dropped if not b.used]
        owners = {id(o): o for p in zero.parameters if (o := h.owner.get(id(p))) is not None}
        for key in owners:
            if lost:
                self.thrown.setdefault(key, []).append(zero)
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        key = id(step.optimizer)
        thrown = self.thrown.pop(key, [])
        if not step.window or step.closure:
            return
        site = step.window[-1].site
        lost = {b for zero in thrown for b in zero.dropped if b.site == site and not b.used}  # as those that are used
        if lost:
            h.notes["thrown"] = step.number
        self.windows[key] = self.windows.get(key, 0) + 1 if lost else 0
        if self.windows[key] < 2:
            return
        zero, n = thrown[-1], len(lost)
        yield self.finding(
            "most backward passes are thrown away before a step uses them",
            [
                (zero.site, f"cleared {n} of the {n + len(step.window)} gradients computed since the last step"),
                (step.site, f"uses {len(step.window)} of them"),
            ],
            effect=f"a step learns from {len(step.window)} micro-batch{'es' if len(step.window) > 1 else ''} "
            f"instead of {n + len(step.window)}",
            fix=f"clear after the step only: move line {zero.site.line} behind line {step.site.line}, indented alike",
        )
