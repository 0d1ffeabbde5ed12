"""P20: the scheduler steps before the optimizer, or for every micro-batch."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class SchedulerOutOfStep(Rule):
    """The schedule runs K times too fast, or its first rate is never used."""

    code = "P20"
    title = "the scheduler steps before the optimizer, or once a micro-batch"
    severity = "warning"

    def __init__(self) -> None:
        self.since: dict[int, list[tuple[int, Site]]] = {}  # by optimizer: scheduler steps since its last step
        self.fast: dict[int, int] = {}
        self.before: dict[int, tuple[Site, Site]] = {}  # by optimizer: as `early`, with the backward pass that waited
        self.early: dict[int, list[Site]] = {}  # by scheduler: where it stepped before its optimizer ever did

    def on_schedule(self, h: History, scheduler: Any, site: Site) -> Findings:
        optimizer = scheduler.optimizer
        self.since.setdefault(id(optimizer), []).append((id(scheduler), site))
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        yield from self._skipped(h, optimizer, scheduler, site)
        waiting = [x for p in parameters if (x := h.lineages.get(id(p))) is not None and x.fresh]
        if not waiting or h.counts["step"] or h.windows.get(id(optimizer)):
            return
        self.before.setdefault(id(optimizer), (site, waiting[0].fresh[-1].site))

    def _skipped(self, h: History, optimizer: Any, scheduler: Any, site: Site) -> Findings:
        """One step of the schedule before the optimizer's first, then again at the same line: before each epoch."""
        early = self.early.setdefault(id(scheduler), [])
        if not h.windows.get(id(optimizer)):
            early.append(site)
        elif early == [site]:
            early.clear()
            yield self.finding(
                "the scheduler steps before the optimizer, at the start of every epoch",
                [(site, "has set the second rate before the first one was used")],
                effect=f"the first rate is skipped; it is {_rate(optimizer)} now",
                fix="scheduler.step()  at the end of the epoch, after its optimizer steps",
            )

    def on_step(self, h: History, step: Step) -> Findings:
        key = id(step.optimizer)
        since = self.since.pop(key, [])
        times = max((sum(s == one for s, _ in since) for one, _ in since), default=0)
        before = self.before.pop(key, None)
        if before is not None and (times < 2 or len(step.window) < 2):
            yield self.finding(
                "the scheduler steps before the optimizer",
                [
                    (before[0], "sets the next rate before the first one was used"),
                    (before[1], "its gradient waits for a step"),
                ],
                effect=f"the first rate is skipped: it is {_rate(step.optimizer)} at the first step",
                fix="scheduler.step()  after optimizer.step()",
            )
        if not since or len(step.window) < 2 or step.closure:
            return
        self.fast[key] = self.fast.get(key, 0) + 1 if times >= 2 else 0
        if self.fast[key] < 2:
            return
        yield self.finding(
            f"the scheduler steps {times} times for each step of the optimizer",
            [(since[-1][1], f"runs for every micro-batch: {times} times for this step"), (step.site, "runs once")],
            effect=f"the schedule runs {times}x too fast: rate {_rate(step.optimizer)} after {step.number} steps",
            fix=f"scheduler.step()  right after line {step.site.line}, under the same condition",
        )


def _rate(optimizer: Any) -> str:
    return f"{float(optimizer.param_groups[0]['lr']):.3g}"
