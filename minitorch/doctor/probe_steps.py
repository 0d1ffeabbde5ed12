"""Steps of optimizers as the probe sees them: what each uses, with and without a closure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.doctor.probe_base import RECENT
from minitorch.doctor.probe_gradients import Gradients
from minitorch.doctor.record import Backward, History, Lineage, Step
from minitorch.doctor.rule import Rule
from minitorch.doctor.site import here


@dataclass(eq=False, slots=True)
class _Running:
    """A step that was given a closure: one may run inside of another's."""

    optimizer: Any
    backwards: int  # how many backward passes there were before it
    outer: int  # the evaluation of an outer step's closure that it runs in
    evaluations: int = 0


class Steps(Gradients):
    """Makes a `Step` of every step, and marks the gradients it used."""

    def __init__(self, rules: Sequence[Rule], history: History, report: Callable[[Any, Rule], None]) -> None:
        super().__init__(rules, history, report)
        self.running: list[_Running] = []  # the steps that were given a closure

    def own(self, optimizer: Any) -> list[Tensor]:
        """An optimizer's parameters, noted as its own."""
        h = self.h
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        if h.optimizers.setdefault(id(optimizer), optimizer) is optimizer and h.sizes.get(id(optimizer)) != len(
            parameters
        ):
            h.sizes[id(optimizer)] = len(parameters)
            for p in parameters:
                h.owner.setdefault(id(p), optimizer)
        return parameters

    def step_of(self, optimizer: Any) -> Step:
        """The step that an optimizer makes now, and what it uses."""
        h = self.h
        parameters = self.own(optimizer)
        lineages: list[Lineage] = []
        window: dict[Backward, None] = {}
        again: dict[Backward, None] = {}
        for p in parameters:
            lineage = h.lineages.get(id(p))
            if lineage is None:
                continue
            self.look(lineage, p)
            if not lineage.parts:
                continue
            lineages.append(lineage)
            if not lineage.used and len(lineage.parts) == 1:
                window[lineage.parts[0]] = None
                continue
            for k, part in enumerate(lineage.parts):
                (again if k < lineage.used else window)[part] = None
        return Step(h.counts["step"] + 1, optimizer, here(), parameters, lineages, _sorted(window), _sorted(again))

    def stepping(self, optimizer: Any, args: Any, kwargs: Any) -> Any:
        self.settle()
        closure = kwargs.get("closure", args[0] if args else None)
        if not callable(closure):
            step = self.step_of(optimizer)
            self.h.last_step[id(optimizer)] = step
            self.emit("on_step", step)
            return None
        self.own(optimizer)
        running = _Running(optimizer, self.h.counts["backward"], self.h.closure)
        self.running.append(running)
        self.h.closure = 0

        def counted() -> Any:
            running.evaluations += 1
            self.h.closure = running.evaluations
            return closure()

        if "closure" in kwargs:
            return args, {**kwargs, "closure": counted}
        return (counted, *args[1:]), kwargs

    def stepped(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        h = self.h
        if any(running.optimizer is optimizer for running in self.running):  # it was given a closure
            while (running := self.running.pop()).optimizer is not optimizer:
                pass
            step = self.step_of(optimizer)
            step.closure, h.closure = running.evaluations, running.outer
            step.inside = h.counts["backward"] - running.backwards
            h.last_step[id(optimizer)] = step
            self.emit("on_step", step)
        step = h.last_step.get(id(optimizer)) or self.step_of(optimizer)
        h.counts["step"] += 1
        self.anew = True
        self.emit("on_stepped", step)
        recent = h.steps.setdefault(id(optimizer), [])
        recent.append(step)
        del recent[:-RECENT]
        h.windows.setdefault(id(optimizer), []).append(len(step.window))
        for lineage in step.lineages:
            lineage.used, lineage.user = len(lineage.parts), optimizer
            lineage.touched = False
            h.trained.add(id(lineage.leaf()))
        for part in step.window:
            part.used = True


def _sorted(passes: Iterable[Backward]) -> list[Backward]:
    return sorted(passes, key=lambda b: b.number)
