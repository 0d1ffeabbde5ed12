"""P05: the loss is divided for accumulation, but every micro-batch makes a step."""

from __future__ import annotations

import re

from minitorch.doctor.record import Backward, History, Step
from minitorch.doctor.rule import Findings, Rule

WINDOWS = 3
_NAMED = re.compile(r"(?<![a-z])(accum\w*|acc_?steps?|grad_?acc\w*|micro_?batch\w*|iter_?size)|(?<=_)(accum\w*)", re.I)


def _meant(backward: Backward) -> bool:
    """Whether the line that divides names the divisor as one of accumulation."""
    return bool(_NAMED.search(backward.root.site.text) or _NAMED.search(backward.site.text))


class StepEveryMicroBatch(Rule):
    """SGD at a K-th of the learning rate, on small noisy batches; Adam hides it.

    A factor alone may be a coefficient: without a declaration, it must be named after accumulation.
    """

    code = "P05"
    title = "a step for every micro-batch, though the loss is divided by their number"
    severity = "warning"

    def __init__(self) -> None:
        self.alone: dict[int, int] = {}

    def on_step(self, h: History, step: Step) -> Findings:
        key, declared = id(step.optimizer), h.declared
        if len(step.window) != 1 or declared == 1 or h.notes.get("thrown") == step.number:
            self.alone[key] = 0
            return
        backward = step.window[0]
        root = backward.root
        k = round(root.divisors[-1]) if root.divisors else 1
        divided = k >= 2 and abs(root.divisors[-1] - k) < 1e-9 and root.kind == "mean" and (declared or root.terms == 1)
        self.alone[key] = self.alone.get(key, 0) + 1 if divided or declared else 0
        if self.alone[key] < WINDOWS:
            return
        k = declared or k
        sure = divided and (declared is not None or _meant(backward))
        said = f"{k} were declared" if declared else f"the loss is divided by {k}"
        yield self.finding(
            f"every micro-batch makes a step of its own, though {said}",
            [
                (step.site, f"windows so far: {' '.join(['1'] * WINDOWS)} ..."),
                (backward.site, "one backward pass a step"),
            ],
            effect=f"with SGD each update is {k}x too small and noisy (Adam hides it)"
            if divided
            else f"each update is made of one micro-batch instead of {k}",
            fix=f"step, and zero_grad, only when  (i + 1) % {k} == 0",
            severity="warning" if sure or declared else "note",
        )
