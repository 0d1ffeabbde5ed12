"""P31: a graph is retained, and nobody comes back to it; or somebody does, when its parameters have moved on."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import Backward, History
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class RetainGraph(Rule):
    """Up to two graphs are in memory at once."""

    code = "P31"
    title = "retain_graph=True for no reason, or a graph gone through again after a step"
    severity = "note"

    def __init__(self) -> None:
        self.idle: dict[Site, int] = {}

    def on_backward(self, h: History, backward: Backward) -> Findings:
        """The forward pass of a call is differentiated again, after a step that used it has moved its parameters."""
        for call in backward.calls:
            if call.backward < 2 or call.step == h.counts["step"]:
                continue
            before = next((b for b in reversed(h.backwards[:-1]) if call in b.calls and b.used), None)
            if before is None or before.create:
                continue
            moved = [p for p in call.module.parameters() if p._requires_grad and self._moved(h, p, before)]
            if not moved:
                continue
            steps = h.counts["step"] - call.step
            yield self.finding(
                "a retained graph is gone through again, after a step has changed the parameters it was made with",
                [
                    (call.site, "ran before that step, and not again"),
                    (backward.site, f"goes through it once more, {steps} step{'s' if steps > 1 else ''} later"),
                    (before.site, "retained it"),
                ],
                effect=f"the gradients of {len(moved)} parameters ({h.name_of(moved[0])}, ...) are of old values",
                fix=f"compute line {call.site.line} again for each step, and leave retain_graph=True out",
                severity="warning",
            )
            return

    def _moved(self, h: History, p: Any, before: Backward) -> bool:
        """Whether the parameter's optimizer has made a step since that pass."""
        steps = h.steps.get(id(h.owner.get(id(p))), [])
        return any(s.number > before.step for s in steps) and id(p) in h.trained

    def on_begin(self, h: History, backward: Backward) -> Findings:
        before = next((b for b in reversed(h.backwards[:-1]) if b.site == backward.site), None)
        if before is None or not (before.retain and not before.create):
            return
        again = any(
            b is not before and b.number > before.number and b is not backward and b.calls & before.calls
            for b in h.backwards
        )
        self.idle[before.site] = 0 if again else self.idle.get(before.site, 0) + 1
        if self.idle[before.site] < 2:
            return
        yield self.finding(
            "retain_graph=True keeps graphs that nobody uses again",
            [(before.site, f"{self.idle[before.site] + 1} graphs so far were kept for nothing")],
            effect="two graphs are in memory at once",
            fix="leave retain_graph=True out",
        )
