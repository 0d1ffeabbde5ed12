"""P14: the loss is divided, but after its backward pass, or twice."""

from __future__ import annotations

from typing import Any

from minitorch.core.row_node import RowNode
from minitorch.doctor.record import History, Origin, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.rules.p13_loss_not_scaled import unscaled
from minitorch.doctor.windows import accumulated, lr_hint, named


class ScaledInTheWrongPlace(Rule):
    """Only the printed number changes; or the gradient is divided by the square."""

    code = "P14"
    title = "the loss is divided after backward(), or twice"
    severity = "warning"

    def on_node(self, h: History, node: Any, origin: Origin) -> Findings:
        if not (isinstance(node, RowNode) and node.plan.row.name in ("Div", "Mul") and h.backwards):
            return iter(())
        last = h.backwards[-1]
        below = [edge[0] for edge in node.edges if edge is not None]
        if len(below) == 1 and any(root() is below[0] for root in last.nodes) and last.root.scale == 1:
            h.notes["divided"] = (origin.site, last)
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        late = h.notes.get("divided")
        if late is not None and unscaled(h, step):
            site, backward = late
            k = len(step.window)
            yield self.finding(
                "the loss is divided after its backward(): the gradient is not",
                [
                    (site, "changes the number that is printed, nothing else"),
                    (backward.site, f"ran {k} times with the loss as it was"),
                ],
                effect=f"the gradient is {k}x that of one batch{lr_hint(step.optimizer)}",
                fix=f"move line {site.line} before line {backward.site.line}",
            )
        if not accumulated(h, step):
            return
        divisors = step.window[0].root.divisors
        k = len(step.window)
        if (
            len(divisors) >= 2
            and divisors.count(float(k)) >= 2
            and all(b.root.divisors == divisors for b in step.window)
        ):
            backward = step.window[-1]
            yield self.finding(
                f"the loss is divided by {k} twice",
                [
                    (backward.root.site, f"divided by {' and by '.join(named(d) for d in divisors)}"),
                    (backward.site, ""),
                ],
                effect=f"the gradient is {k}x too small{lr_hint(step.optimizer)}",
                fix=f"divide once: {k} micro-batches each weigh 1/{k}",
            )
