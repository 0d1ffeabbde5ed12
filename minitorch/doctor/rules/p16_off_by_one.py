"""P16: the first window of an epoch has one micro-batch: ``i % K == 0`` is true at 0."""

from __future__ import annotations

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.windows import divisor


class OffByOne(Rule):
    """The first update is made of a K-th of what it should be, and the epoch's tail is one short."""

    code = "P16"
    title = "the first window holds one micro-batch: i % K == 0 instead of (i + 1) % K == 0"
    severity = "warning"

    def __init__(self) -> None:
        self.first: dict[int, Step] = {}  # an optimizer's step with one micro-batch, the first of all or of an epoch

    def on_step(self, h: History, step: Step) -> Findings:
        if step.closure or not step.window:
            return
        key, n = id(step.optimizer), len(step.window)
        k = divisor(step)
        first = self.first.pop(key, None)
        if n == 1 and k is not None and (not h.windows.get(key) or step.window[0].restart):
            self.first[key] = step
            h.notes["first"] = step.number
            return
        if first is None or n != k or divisor(first) != k or first.window[0].site != step.window[0].site:
            return
        h.notes["off by one"] = True
        yield self.finding(
            f"the first window holds 1 micro-batch, the next one {k}",
            [(first.site, f"windows so far: 1 {k}"), (first.window[0].site, f"divided by {k} each time")],
            effect=f"the first update is {k}x too small, and an epoch's last {k - 1} micro-batches wait for the next",
            fix=f"if (i + 1) % {k} == 0:  where it says  i % {k} == 0",
        )
