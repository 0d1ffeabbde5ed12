"""P24: something happens in the middle of a window."""

from __future__ import annotations

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.windows import divisor, overfull, uninterrupted


class MidWindow(Rule):
    """A skipped micro-batch leaves the divisor too large; an evaluation's backward pass pollutes the gradient."""

    code = "P24"
    title = "a window lost a micro-batch, or holds a backward pass of an evaluation"
    severity = "warning"

    def on_step(self, h: History, step: Step) -> Findings:
        if step.closure or not step.window:
            return
        n = len(step.window)
        odd = [b for b in step.window if b.calls and not any(c.training for c in b.calls)]
        if odd and len(odd) < n and len({b.site for b in step.window}) > 1:
            rest = next(b for b in step.window if b not in odd)
            modules = {c.module for b in odd for c in b.calls} & {c.module for c in rest.calls}
            if modules:
                yield self.finding(
                    "a step uses the gradient of an evaluation",
                    [
                        (odd[0].site, "runs in eval() mode, and adds to the same gradients"),
                        (step.site, f"uses {n} passes"),
                    ],
                    effect=f"{len(odd)} of {n} backward passes of this step are not of the training loss",
                    fix="autograd.grad(loss, inputs)  there, which leaves .grad alone; or clear it afterwards",
                )
        if (k := overfull(h, step)) is not None and uninterrupted(step):
            yield self.finding(
                f"a window in the middle of an epoch holds {n} micro-batches instead of {k}",
                [(step.site, f"was left out once, as where a batch is skipped; windows: {k} {k} ... | {n}")],
                effect=f"this update is {n / k:.2f}x too large: its micro-batches were divided by {k}",
                fix="count the micro-batches that were gone through, not the loop's index, to decide when to step",
            )
        before, k = h.notes.pop("short", (None, 0))  # P18 has seen it, and that the epoch went on
        if before is None or before.optimizer is not step.optimizer or n != k or divisor(step) != k:
            return
        r, site = len(before.window), before.window[-1].site
        yield self.finding(
            f"a window in the middle of an epoch holds {r} micro-batch{'es' if r > 1 else ''} instead of {k}",
            [
                (site, f"divided by {k}, but ran only {r} time{'s' if r > 1 else ''}"),
                (before.site, "steps by the loop's index"),
            ],
            effect=f"that update was {k / r:.3g}x too small",
            fix="count the micro-batches that were applied, not the loop's index; divide by that number",
        )
