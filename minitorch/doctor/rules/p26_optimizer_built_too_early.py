"""P26: the optimizer holds parameters that the model no longer has."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site, here


class OptimizerBuiltTooEarly(Rule):
    """The new layer never trains, and the optimizer updates orphans."""

    code = "P26"
    title = "the optimizer was made before parameters were replaced"

    def __init__(self) -> None:
        self.made: dict[int, Site] = {}  # where an optimizer was given its parameters
        self.replaced: dict[int, Site] = {}  # where a module or parameter was registered over an old one
        self.reached: set[int] = set()
        self.right: dict[int, tuple[int, int]] = {}  # optimizers without orphans, as long as nothing is registered anew
        self.registrations = 0
        self.empty: dict[int, int] = {}  # steps of an optimizer that found nothing, though another model was trained

    def on_group(self, h: History, optimizer: Any, group: Any) -> Findings:
        self.made[id(optimizer)] = here()
        return iter(())

    def on_register(self, h: History, module: Any, name: str, value: Any, site: Site) -> Findings:
        self.registrations += 1
        if module._modules.get(name) is not None or module._parameters.get(name) is not None:
            for p in value.parameters() if hasattr(value, "parameters") else [value]:
                self.replaced[id(p)] = site
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        key, now = id(step.optimizer), (self.registrations, len(h.modules))
        yield from self._other_model(h, step, key)
        if step.closure or not h.modules or self.right.get(key) == now:
            return
        fresh = {id(x.leaf()) for x in step.lineages if x.fresh}
        self.reached |= fresh
        registered = {id(p): p for p in h.parameters()}
        known = fresh if self.replaced else self.reached
        orphans = [p for p in step.parameters if id(p) not in registered and id(p) not in known]
        if not orphans:
            self.right[key] = now
            return
        lost = [
            p for p in registered.values()
            if p._requires_grad and id(p) not in h.owner and (x := h.lineages.get(id(p))) is not None and x.parts
        ]  # fmt: skip
        if not lost:
            return
        where: list[tuple[Site, str]] = []
        site = next((self.replaced[id(p)] for p in lost if id(p) in self.replaced), None)
        if site is not None:
            where.append((site, "replaces parameters that the optimizer holds"))
        if id(step.optimizer) in self.made:
            where.append((self.made[id(step.optimizer)], "made the optimizer before"))
        where.append((step.site, f"updates {len(orphans)} parameters that the model no longer has"))
        yield self.finding(
            f"{type(step.optimizer).__name__} holds parameters that the model no longer has",
            where,
            effect=f"{len(lost)} parameters ({h.name_of(lost[0])}, ...) get gradients and are never updated",
            fix="make the optimizer after the last change of the model, or add_param_group the new parameters",
        )

    def _other_model(self, h: History, step: Step, key: int) -> Findings:
        """The model that is trained now is another one, of the same shapes, than the one the optimizer was made for."""
        last = h.backwards[-1] if h.backwards else None
        if step.window or step.again or last is None or last.step != step.number - 1 or last.owned or not last.calls:
            return
        model = next(iter(last.calls)).module
        new = [p for p in model.parameters() if p._requires_grad]
        if not any(id(p) in h.trained for p in step.parameters) or any(id(p) in h.owner for p in new):
            return
        if [p.array.shape for p in new] != [p.array.shape for p in step.parameters]:
            return
        self.empty[key] = self.empty.get(key, 0) + 1
        if self.empty[key] < 2:
            return
        made = self.made.get(key)
        yield self.finding(
            f"{type(step.optimizer).__name__} still has the parameters of the model before",
            [
                *([(made, "made the optimizer")] if made is not None else []),
                (step.site, "updates a model that is no longer used"),
            ],
            effect=f"{len(new)} parameters of the new model get gradients and are never updated",
            fix="make the optimizer again after the model is replaced or loaded",
        )
