"""P28: steps are made, and no parameter changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site, here

STEPS = 3


class NothingTrains(Rule):
    """The loss is flat, and nothing says why."""

    code = "P28"
    title = "nothing trains: everything is frozen, or the learning rate is 0"

    def __init__(self) -> None:
        self.froze: dict[int, Site] = {}
        self.before: list[Any] = []  # the parameters, or a few elements of each, before the step
        self.moves: set[int] = set()  # optimizers whose last step is known to have changed something
        self.still: dict[int, int] = {}
        self.made: dict[int, Site] = {}  # where an optimizer was given its parameters
        self.idle: dict[int, int] = {}  # steps of an optimizer none of whose parameters ever got a gradient

    def on_track(self, h: History, tensor: Any, requires_grad: bool, site: Site) -> Findings:
        if not requires_grad:
            self.froze[id(tensor)] = site
        return iter(())

    def on_group(self, h: History, optimizer: Any, group: Any) -> Findings:
        self.made.setdefault(id(optimizer), here())
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        yield from self._other_object(h, step)
        look = _glimpse if id(step.optimizer) in self.moves else np.copy
        self.before = [] if step.closure else [look(p.array) for p in step.parameters]

    def on_stepped(self, h: History, step: Step) -> Findings:
        if step.closure:
            return
        key = id(step.optimizer)
        frozen = not any(p._requires_grad for p in step.parameters)
        pairs = zip(step.parameters, self.before)
        if key in self.moves:
            same = all(_glimpse(p.array) == old for p, old in pairs)
        else:
            same = all(np.array_equal(p.array, old, equal_nan=True) for p, old in pairs)
        (self.moves.discard if same else self.moves.add)(key)
        empty = not step.window and not step.again
        self.still[key] = self.still.get(key, 0) + 1 if same and (frozen or not empty) else 0
        if self.still[key] < STEPS:
            return
        rates = [float(group["lr"]) for group in step.optimizer.param_groups if "lr" in group]
        if frozen:
            site = next((self.froze[id(p)] for p in step.parameters if id(p) in self.froze), None)
            where = [(site, "freezes them")] if site is not None else []
            yield self.finding(
                f"all {len(step.parameters)} parameters of {type(step.optimizer).__name__} are frozen",
                [*where, (step.site, "changes nothing")],
                effect=f"no parameter changed in {self.still[key]} steps",
                fix="requires_grad_(True) on what should train, before the optimizer is made",
            )
        elif any(g.array.any() for p in step.parameters if (g := p._grad) is not None):
            yield self.finding(
                "steps change no parameter"
                + (
                    ", because the learning rate is 0"
                    if rates and not any(rates)
                    else ": the learning rate is too small"
                ),
                [(step.site, f"lr = {', '.join(f'{r:.3g}' for r in rates)}")],
                effect=f"no parameter changed in {self.still[key]} steps, though the gradients are not zero",
                fix="give the optimizer a learning rate; look at the scheduler, if it sets it",
            )

    def _other_object(self, h: History, step: Step) -> Findings:
        key = id(step.optimizer)
        got = step.closure or any(p._grad is not None or id(p) in h.trained for p in step.parameters)
        self.idle[key] = 0 if got else self.idle.get(key, 0) + 1
        if self.idle[key] < 2:
            return
        own = {id(p) for p in step.parameters}
        others = [
            p for p in h.parameters() if id(p) not in h.owner and (x := h.lineages.get(id(p))) is not None and x.parts
        ]
        used = {id(c.module): c.module for c in h.calls if c.grad}
        if not others or any(id(p) in own for module in used.values() for p in module.parameters()):
            return
        h.notes["explained"] = step.number
        made = self.made.get(key)
        yield self.finding(
            f"{type(step.optimizer).__name__} has the parameters of another object than the model that is trained",
            [*([(made, "is given them")] if made is not None else []), (step.site, "none of them ever had a gradient")],
            effect=f"{len(others)} parameters get gradients ({h.name_of(others[0])}, ...), and nobody updates them",
            fix="make the optimizer from the very model that is called:  optim.SGD(model.parameters(), ...)",
        )


def _glimpse(a: np.ndarray) -> tuple[Any, ...]:
    """A few elements."""
    n = a.size
    return (a.item(0), a.item(n // 3), a.item(n // 2), a.item(n - 1)) if n else ()
