"""P38: a hook is added again in every iteration."""

from __future__ import annotations

import weakref
from typing import Any

from minitorch.doctor.record import History
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site

TIMES = 3


class HooksPileUp(Rule):
    """All of them run: a gradient is halved n times, or everything is logged n-fold."""

    code = "P38"
    title = "hooks pile up: one more is registered each iteration"
    severity = "warning"

    def __init__(self) -> None:
        self.added: dict[tuple[Site, int], tuple[Any, list[int]]] = {}  # the table, and the keys that a line added

    def on_hook(self, h: History, hooks: Any, hook: Any, site: Site) -> Findings:
        table, keys = self.added.get((site, id(hooks)), (None, []))
        if table is None or table() is not hooks:  # another table, perhaps at an old one's address
            keys = []
            if len(self.added) > 256:  # hooks on fresh activations: their tables are gone
                self.added = {k: v for k, v in self.added.items() if v[0]() is not None}
            self.added[site, id(hooks)] = (weakref.ref(hooks), keys)
        keys[:] = [key for key in keys if key in hooks]
        keys.append(next(reversed(hooks)))
        there = len(keys)
        if there < TIMES:
            return
        yield self.finding(
            "hooks pile up",
            [(site, f"has added {there} hooks to the same object, and all are still there")],
            effect=f"every one runs each time: {there} times the work, and the change is applied {there} times",
            fix="register it once, before the loop, or  handle.remove()  after use",
        )
