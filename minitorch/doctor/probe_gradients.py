"""Gradients as the probe sees them: backward passes, what they add to each ``.grad``, clearing, clipping, writing."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.graph import Node
from minitorch.core.tensor import Tensor
from minitorch.doctor.by_hand import look_at, moved_along
from minitorch.doctor.probe_base import RECENT
from minitorch.doctor.probe_forward import Forward
from minitorch.doctor.record import Backward, History, Lineage, Zero
from minitorch.doctor.roots import describe, origin_of
from minitorch.doctor.rule import Rule
from minitorch.doctor.site import NOWHERE, Site, here, user_frame

MOST_WRITES = 4096


class Gradients(Forward):
    """Keeps the lineage of every leaf's ``.grad``."""

    def __init__(self, rules: Sequence[Rule], history: History, report: Callable[[Any, Rule], None]) -> None:
        super().__init__(rules, history, report)
        self.current: list[Backward | None] = []  # the running backward passes; None for one that does not accumulate
        self.touching: list[Lineage] = []  # lineages that the running pass writes to
        self.keeping: list[bool] = []
        self.exhaust = False  # a DataLoader that fed the training has come to its end since the last backward pass
        self.burst: tuple[int, int] | None = None  # backward passes and steps at the last clearing by hand
        self.writes: dict[int, Site] = {}  # where an array was last written, by its id

    def began(self, roots: Any, keep_graph: bool, lifted: bool, accumulate: bool) -> None:
        self.settle()
        self.keeping.append(keep_graph)
        if not accumulate:
            self.current.append(None)
            if lifted:
                self.h.notes["lifted"] = self.h.counts["step"] + 1  # the number of the step to come
            return
        h = self.h
        h.counts["backward"] += 1
        backward = Backward(
            h.counts["backward"], here(), [describe(edge[0], g) for edge, g in roots],
            [weakref.ref(edge[0]) for edge, _ in roots], keep_graph, lifted, h.counts["step"], h.closure,
        )  # fmt: skip
        frame = user_frame(sys._getframe(1))
        backward.goes_on = not self.passes.restarted(frame) and bool(self.passes.rising) and not self.exhaust
        if self.anew:
            self.anew = False
            backward.restart = self.loops.restarted(frame) or self.exhaust
            self.exhaust = False
        backward.order = h.newest
        h.backwards.append(backward)
        del h.backwards[:-RECENT]
        self.current.append(backward)
        self.emit("on_begin", backward)

    def ran(self, node: Node, g: Any, found: Any) -> None:
        backward = self.current[-1] if self.current else None
        origin = origin_of(node)
        if origin is None:
            return
        if backward is None:
            if origin.call is not None:
                origin.call.walked = True
            return
        if origin.call is not None and origin.call not in backward.calls:
            backward.calls.add(origin.call)
            origin.call.backward += 1
        if not self.keeping[-1]:
            origin.freed = backward
        if self.wants["on_run"]:
            self.emit("on_run", backward, node, g, found)

    def accumulating(self, leaf: Tensor, g: Any) -> None:
        backward = self.current[-1] if self.current else None
        if backward is None:
            return
        lineage = self.h.lineage(leaf)
        self.look(lineage, leaf)
        if lineage.looks is not None and moved_along(leaf, lineage.looks):
            self.applied(lineage, leaf)
        if lineage.used:
            array = g.array if isinstance(g, Tensor) else g
            lineage.before = float((array * array).sum())
        lineage.parts.append(backward)
        backward.written += 1
        if id(leaf) in self.h.owner:
            backward.owned += 1
        self.touching.append(lineage)

    def applied(self, lineage: Lineage, leaf: Tensor) -> None:
        """The user has made a step by hand, with all that this gradient holds."""
        self.emit("on_applied", leaf, lineage, self.writes.get(id(leaf.array), lineage.parts[-1].site))
        for part in lineage.fresh:
            part.used = True
        lineage.used, lineage.looks = len(lineage.parts), None

    def ended(self) -> None:
        self.keeping.pop()
        backward = self.current.pop()
        if backward is None:
            return
        for lineage in self.touching:
            self.remember(lineage)
        self.touching = []
        self.emit("on_backward", backward)

    def failed(self, node: Node, error: BaseException) -> None:
        self.emit("on_fail", node, error)

    # --- The gradients themselves -------------------------------------------------------------------------------------

    def look(self, lineage: Lineage, leaf: Tensor) -> None:
        """Notices what the user did to a ``.grad`` by hand since the doctor last saw it."""
        grad = leaf._grad
        if grad is None:
            if lineage.parts:
                for part in lineage.fresh:
                    if not part.used and part.lost is None:
                        part.lost = here()
                lineage.clear()
        elif lineage.print is not None and lineage.parts and _differ(lineage.print, _print(grad)):
            if not grad.array.any():
                self.zeroed_by_hand(leaf, self.writes.get(id(grad.array), NOWHERE))
            else:
                lineage.clear()
                lineage.touched = True

    def remember(self, lineage: Lineage) -> None:
        """Notes how a gradient looks after an event that the doctor has seen."""
        leaf = lineage.leaf()
        grad = None if leaf is None else leaf._grad
        lineage.print = None if grad is None else _print(grad)
        if leaf is not None and grad is not None and lineage.parts and id(leaf) not in self.h.owner:
            lineage.looks = look_at(leaf)

    def zeroing(self, owner: Any, parameters: Sequence[Tensor], set_to_none: bool) -> None:
        self.settle()
        dropped: dict[Backward, None] = {}
        for p in parameters:
            lineage = self.h.lineages.get(id(p))
            if lineage is not None and len(lineage.parts) > lineage.used:
                self.look(lineage, p)
                dropped.update(dict.fromkeys(lineage.fresh))
        self.h.counts["zero"] += 1
        self.zeroed(Zero(owner, here(), list(parameters), set_to_none, list(dropped)))

    def cleared(self, t: Tensor) -> None:
        self.zeroed_by_hand(t, here(), True)

    def zeroed_by_hand(self, leaf: Tensor, site: Site, to_none: bool = False) -> None:
        """A gradient was set to None, or filled with zeros; a loop that does it for each parameter clears once."""
        h = self.h
        lineage = h.lineages.get(id(leaf))
        fresh = lineage.fresh if lineage is not None and lineage.leaf() is leaf else []
        burst = (h.counts["backward"], h.counts["step"])
        h.counts["zero"] += burst != self.burst
        self.burst = burst
        self.zeroed(Zero(None, site, [leaf], to_none, fresh))

    def zeroed(self, zero: Zero) -> None:
        h, site, parameters = self.h, zero.site, zero.parameters
        self.anew = True
        self.emit("on_zero", zero)
        for p in parameters:
            h.zeros[id(p)] = zero
            lineage = h.lineages.get(id(p))
            if lineage is not None:
                for part in lineage.fresh:
                    if not part.used:
                        part.lost = site
                lineage.clear()
                lineage.print = None

    def written(self, t: Tensor) -> None:
        site = here()
        if len(self.writes) >= MOST_WRITES:
            self.writes.clear()
        self.writes[id(t.array)] = site
        self.emit("on_write", t, site)

    def clipped(self, parameters: Sequence[Tensor], bound: float, norm: float | None) -> None:
        site = here()
        lineages = [lineage for p in parameters if (lineage := self.h.lineages.get(id(p))) is not None]
        self.emit("on_clip", site, lineages, bound, norm)
        for lineage in lineages:
            lineage.clipped = len(lineage.parts)
            self.remember(lineage)


def _print(grad: Tensor) -> tuple[Any, ...]:
    """How a gradient looks, cheaply: enough to see that somebody scaled, filled or replaced it."""
    a = grad.array
    n = a.size
    if not n:
        return (id(grad), 0)
    return (id(grad), grad._counter[0], a.item(0), a.item(n // 3), a.item(n // 2), a.item(n - 1))


def _differ(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two looks at a gradient differ; NaN is like NaN here."""
    return a != b and repr(a) != repr(b)
