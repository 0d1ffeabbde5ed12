"""P31: a graph is retained, and nobody comes back to it."""

from __future__ import annotations

from minitorch.doctor.record import Backward, History
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class RetainGraph(Rule):
    """Up to two graphs are in memory at once."""

    code = "P31"
    title = "retain_graph=True for no reason"
    severity = "note"

    def __init__(self) -> None:
        self.idle: dict[Site, int] = {}

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
