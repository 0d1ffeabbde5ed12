"""P18: the last window of an epoch is short, and divided by the full size."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import Backward, History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.windows import divisor


def short(h: History, step: Step) -> int | None:
    """How many micro-batches a window should have that has fewer, but was divided by the full number."""
    if step.closure or not step.window:
        return None
    k, sizes = divisor(step), h.windows.get(id(step.optimizer), [])
    whole = k in sizes or (k == h.declared and any(n > 1 for n in [*sizes, len(step.window)]))
    if k is None or len(step.window) >= k or not whole:
        return None
    return None if step.window[0].restart or not sizes else k  # the first of an epoch: P16


class ShortLastWindow(Rule):
    """The last update of an epoch is too small.

    Whether it was the last shows when the loop goes on: a short window in the middle is P24.
    """

    code = "P18"
    title = "the last window is short, but divided by the full number"
    severity = "warning"

    def __init__(self) -> None:
        self.waiting: tuple[Step, int, list[int]] | None = None

    def on_step(self, h: History, step: Step) -> Findings:
        k = short(h, step)
        if k is not None:
            self.waiting = (step, k, list(h.windows[id(step.optimizer)]))
        return iter(())

    def on_begin(self, h: History, backward: Backward) -> Findings:
        if self.waiting is not None:
            (step, k, sizes), self.waiting = self.waiting, None
            if backward.restart or backward.site != step.window[0].site:
                yield self._found(h, step, k, sizes)
            else:
                h.notes["short"] = (step, k)

    def on_exit(self, h: History) -> Findings:
        if self.waiting is not None and not h.failed:
            yield self._found(h, *self.waiting)

    def _found(self, h: History, step: Step, k: int, sizes: list[int]) -> Any:
        r, site = len(step.window), step.window[0].site
        return self.finding(
            f"the last window was divided by {k} but holds {r} micro-batch{'es' if r > 1 else ''}",
            [(site, f"windows so far: {' '.join(map(str, sizes[-8:]))} | {r}"), (step.site, "")],
            effect=f"this update is {k / r:.3g}x too small: its rows count {r / k:.2f} instead of 1",
            fix=f"divide by the window's real size:  n = min({k}, len(loader) - i // {k} * {k}); (loss / n).backward()",
            severity="error" if h.declared else None,
        )
