"""P17: the micro-batches left at the end of an epoch are dropped, or leak into the next one's first window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.doctor.record import Backward, History, Step, Zero
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.windows import divisor, overfull, scaled_by, uninterrupted


class Leftover(Rule):
    """A window larger than it is divided by; or gradients that no step ever uses."""

    code = "P17"
    title = "the last micro-batches of an epoch are dropped, or leak into the next epoch"
    severity = "warning"

    def __init__(self) -> None:
        self.made: dict[int, Any] = {}  # an optimizer by the ids of its parameters, from when it was made
        self.unused: list[Zero] = []  # clearings of what no step of an optimizer that never made one has used
        self.shifted: set[int] = set()  # optimizers whose windows of the right size go on from one epoch into the next

    def on_group(self, h: History, optimizer: Any, group: Any) -> Findings:
        self.made.update({id(p): optimizer for p in group["params"]})
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        if step.closure or not step.window:
            return
        key, n, k = id(step.optimizer), len(step.window), divisor(step)
        if n == k and step.window[0].restart and step.window[0].step:
            self.shifted.add(key)
        k = overfull(h, step)
        if k is None or uninterrupted(step):
            return  # as it should be, or P24
        site = step.window[0].site
        yield self.finding(
            f"a step uses {n} micro-batches, {n - k} of them left over from the epoch before",
            [(step.site, f"windows: {k} {k} ... | {n}"), (site, f"divided by {k} each time")],
            effect=f"this update is {n / k:.2f}x too large, and the last epoch's leftover is lost",
            fix=f"step at the epoch's end too:  if (i + 1) % {k} == 0 or i + 1 == len(loader)",
        )

    def on_zero(self, h: History, zero: Zero) -> Findings:
        owner: Any = next((o for p in zero.parameters if (o := h.owner.get(id(p))) is not None), None)
        if not zero.dropped or any(x.used for p in zero.parameters if (x := h.lineages.get(id(p))) is not None):
            return  # nothing is lost, or it was not cleared after the step: another rule's
        k, last = self._left(h, owner, zero.dropped)
        if last is not None:
            yield self._lost(zero.dropped, k, last, zero.site, "that no step has used")
        elif owner is None and any(id(p) in self.made for p in zero.parameters):
            self.unused.append(zero)

    def on_exit(self, h: History) -> Findings:
        if h.failed:
            return
        if self.unused and not h.counts["step"]:
            yield from self._never(self.unused[-1].dropped, [z.site for z in self.unused])
        for key, optimizer in h.optimizers.items():
            parameters = [p for group in optimizer.param_groups for p in group["params"]]
            held = [x for p in parameters if (x := h.lineages.get(id(p))) is not None and x.leaf() is p]
            left = max((x.fresh for x in held if not x.used), key=len, default=[])
            k, last = self._left(h, optimizer, left)
            sizes = {len(s.window) for s in h.steps.get(key, [])}
            if last is None or (key in self.shifted and sizes == {k}):
                continue  # or a counter that runs on from epoch to epoch
            yield self._lost(left, k, last, left[-1].site, "that no step uses after it")

    def _never(self, left: Sequence[Backward], sites: list[Any]) -> Findings:
        """No step was made at all, for windows that are longer than an epoch."""
        k, site = round(1 / left[0].root.scale) if left[0].root.scale > 1e-9 else 0, left[0].site
        if k < 2 or len(left) >= k or not all(b.site == site and scaled_by(b, k) for b in left) or len(sites) < 2:
            return
        yield self.finding(
            f"no step is ever made: an epoch has {len(left)} micro-batches, and a step needs {k}",
            [(site, f"divided by {k}, but runs {len(left)} times only"), (sites[-1], "clears what no step has used")],
            effect="the model does not train at all",
            fix=f"step at the epoch's end too:  if (i + 1) % {k} == 0 or i + 1 == len(loader)",
        )

    def _left(self, h: History, optimizer: Any, left: Sequence[Backward]) -> tuple[int, Step | None]:
        """The size of an optimizer's windows, if these were meant for one and are too few; and its last step."""
        steps = h.steps.get(id(optimizer), [])
        if not left or not steps or not steps[-1].window:
            return 0, None
        if h.notes.get("off by one"):
            return 0, None
        last = steps[-1]
        k = divisor(last)
        site = last.window[0].site
        whole = k is not None and (k == h.declared or k in h.windows.get(id(optimizer), []))
        if k is None or not whole or len(left) >= k or not all(b.site == site and scaled_by(b, k) for b in left):
            return 0, None
        return k, last

    def _lost(self, left: Sequence[Backward], k: int, last: Step, site: Any, how: str) -> Any:
        r = len(left)
        return self.finding(
            f"{r} micro-batch{'es' if r > 1 else ''} at the end of the epoch {'are' if r > 1 else 'is'} thrown away",
            [
                (last.site, f"steps after every {k} micro-batches only"),
                (site, f"{r} gradient{'s' if r > 1 else ''} {how}"),
            ],
            effect=f"{r} micro-batch{'es' if r > 1 else ''} of an epoch never train{'' if r > 1 else 's'} anything",
            fix=f"step at the epoch's end too:  if (i + 1) % {k} == 0 or i + 1 == len(loader)",
        )
