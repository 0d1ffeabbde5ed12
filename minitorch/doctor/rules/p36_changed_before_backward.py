"""P36: a value that a backward pass needs was changed in place; here is the line that did it."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import History, Step
from minitorch.doctor.roots import origin_of
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site, here


class ChangedBeforeBackward(Rule):
    """The error tells versions; the doctor tells the line."""

    code = "P36"
    title = "a saved value was changed in place before its backward pass"

    def __init__(self) -> None:
        self.writes: dict[int, tuple[Site, str, Any]] = {}  # by version counter: the last write, and the counter itself

    def on_write(self, h: History, tensor: Any, site: Site) -> Findings:
        self.writes[id(tensor._counter)] = (site, "changes it in place", tensor._counter)
        return iter(())

    def on_stepped(self, h: History, step: Step) -> Findings:
        for p in step.parameters:
            self.writes[id(p._counter)] = (step.site, "changes the parameters", p._counter)
        return iter(())

    def on_fail(self, h: History, node: Any, error: BaseException) -> Findings:
        saved = getattr(node, "saved", None)
        if "modified by an inplace operation" not in str(error) or not saved:
            return
        stale = [saved[k + 1] for k in range(0, len(saved), 3) if saved[k + 1][0] != saved[k + 2]]
        write = next(
            (w for counter in stale if (w := self.writes.get(id(counter))) is not None and w[2] is counter), None
        )
        origin = origin_of(node)
        where: list[tuple[Site, str]] = []
        if write is not None:
            where.append((write[0], write[1] + ", between forward and backward"))
        if origin is not None:
            where.append((origin.site, f"saved it for its derivative ({node.name()})"))
        where.append((here(), "needs the value as it was"))
        by_step = write is not None and write[1] == "changes the parameters"
        yield self.finding(
            "a value that backward() needs was changed in place",
            where,
            effect="backward() fails here; the gradient would have been wrong",
            fix="call every backward() before the first step(), or compute the second loss after it"
            if by_step
            else "write to a clone:  y = x.clone()",
        )
