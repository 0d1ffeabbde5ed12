"""P41: the model stays in evaluation mode after a validation."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.layers import sensitive
from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class TrainNotRestored(Rule):
    """From the first validation on, dropout is off and batch statistics are frozen while the model trains."""

    code = "P41"
    title = "train() is not called again after eval()"

    def __init__(self) -> None:
        self.trained: set[int] = set()  # modules that a step has used in training mode
        self.switched: dict[int, Site] = {}  # where a module was last put in evaluation mode

    def on_mode(self, h: History, module: Any, training: bool, site: Site) -> Findings:
        if not training:
            self.switched[id(module)] = site
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        modes: dict[int, tuple[Any, set[bool]]] = {}
        for backward in step.window:
            for call in backward.calls:
                modes.setdefault(id(call.module), (call.module, set()))[1].add(call.training)
        for key, (module, seen) in modes.items():
            if True in seen:
                self.trained.add(key)
                continue
            layer = sensitive(module)
            owned = any(h.owner.get(id(p)) is step.optimizer for p in module.parameters())
            if key not in self.trained or layer is None or not owned or key not in self.switched:
                continue
            site = self.switched[key]
            yield self.finding(
                f"{type(module).__name__} trains in evaluation mode since line {site.line}",
                [(site, "switches it to eval(), and nothing switches back"), (step.site, "trains it as it is")],
                effect=f"since step {step.number} its {layer} no longer does what it does in training",
                fix=f"model.train()  after the validation (line {site.line}), or as the first line of every epoch",
            )
