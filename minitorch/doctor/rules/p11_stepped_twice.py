"""P11: one parameter is updated twice, by two entries of a group or by two optimizers."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import here


class SteppedTwice(Rule):
    """Twice the learning rate, and two momenta, for what is shared."""

    code = "P11"
    title = "one parameter belongs to an optimizer twice, or to two"

    def __init__(self) -> None:
        self.seen: dict[tuple[int, int], int] = {}
        self.grouped: set[int] = set()

    def on_group(self, h: History, optimizer: Any, group: Any) -> Findings:
        yield from self._double(h, optimizer, group["params"], here())

    def _double(self, h: History, optimizer: Any, parameters: Any, site: Any) -> Findings:
        ids = [id(p) for p in parameters]
        twice = {i for i in ids if ids.count(i) > 1} if len(set(ids)) < len(ids) else set()
        if not twice or id(optimizer) in self.grouped:
            return
        self.grouped.add(id(optimizer))
        names = sorted({h.name_of(p) for p in parameters if id(p) in twice})
        yield self.finding(
            f"{type(optimizer).__name__} holds {', '.join(names)} more than once",
            [(site, f"{len(ids)} entries, {len(set(ids))} different parameters")],
            effect="each step moves it as often as it is listed",
            fix="list each parameter once:  list({id(p): p for p in parameters}.values())",
        )

    def on_step(self, h: History, step: Step) -> Findings:
        yield from self._double(h, step.optimizer, step.parameters, step.site)
        if step.closure:
            return
        other = [
            x for x in step.lineages if x.used == len(x.parts) and x.user is not None and x.user is not step.optimizer
        ]
        if not other or other[0].touched:
            return
        user = other[0].user
        key = (id(step.optimizer), id(user))
        self.seen[key] = self.seen.get(key, 0) + 1
        if self.seen[key] < 2:
            return
        before = h.last_step.get(id(user))
        leaf = other[0].leaf()
        yield self.finding(
            f"two optimizers apply one gradient: {len(other)} parameter{'s' if len(other) > 1 else ''} "
            f"{'belong' if len(other) > 1 else 'belongs'} to both",
            [
                (step.site, f"applies the gradient of {h.name_of(leaf) if leaf is not None else 'a parameter'} again"),
                *([(before.site, "has applied it")] if before is not None else []),
            ],
            effect="these parameters are moved twice for each backward pass",
            fix="give every parameter to one optimizer only",
            severity="warning",
        )
