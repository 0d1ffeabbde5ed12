"""P27: a parameter that is said to be frozen still moves."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class FrozenTooLate(Rule):
    """Its last gradient is still there, and momentum and decay go on moving it."""

    code = "P27"
    title = "a frozen parameter still moves: its last gradient is still there"

    def __init__(self) -> None:
        self.froze: dict[int, Site] = {}
        self.before: list[tuple[Any, np.ndarray]] = []

    def on_track(self, h: History, tensor: Any, requires_grad: bool, site: Site) -> Findings:
        if not requires_grad:
            self.froze[id(tensor)] = site
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        self.before = [(p, p.array.copy()) for p in step.parameters if not p._requires_grad and p._grad is not None]
        return iter(())

    def on_stepped(self, h: History, step: Step) -> Findings:
        moved = [(p, float(np.abs(p.array - old).max())) for p, old in self.before if p.array.size]
        moved = [(p, by) for p, by in moved if by]
        self.before = []
        if not moved:
            return
        p, by = max(moved, key=lambda m: m[1])
        where: list[tuple[Site, str]] = []
        if id(p) in self.froze:
            where.append((self.froze[id(p)], "freezes it, but leaves its .grad"))
        where.append((step.site, f"moves {h.name_of(p)}" + (f" and {len(moved) - 1} more" if len(moved) > 1 else "")))
        yield self.finding(
            "a frozen parameter still moves",
            where,
            effect=f"it changed by {by:.2g} in this step, though it requires no grad",
            fix="set its .grad to None when you freeze it, and make the optimizer again without it",
        )
