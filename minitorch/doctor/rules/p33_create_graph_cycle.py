"""P33: ``.grad`` has a graph of its own when a step uses it."""

from __future__ import annotations

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule


class CreateGraphCycle(Rule):
    """Parameter, gradient and graph hold each other, and the penalty's gradient is added to the loss's."""

    code = "P33"
    title = "backward(create_graph=True) leaves gradients with a graph"
    severity = "warning"

    def on_step(self, h: History, step: Step) -> Findings:
        held = [p for p in step.parameters if p._grad is not None and p._grad._requires_grad]
        if not held:
            return
        made = next((b for b in reversed(step.window or h.backwards) if b.create), None)
        yield self.finding(
            "the gradients that this step uses have a graph of their own",
            [*([(made.site, "makes it")] if made is not None else []), (step.site, f"{len(held)} .grad require grad")],
            effect="parameter, .grad and graph hold each other until the garbage collector runs",
            fix="g = autograd.grad(loss, parameters, create_graph=True)  for what is differentiated again; "
            "clear .grad afterwards",
        )
