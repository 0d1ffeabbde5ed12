"""P21: a layer that looks across the batch sees only the micro-batch."""

from __future__ import annotations

from minitorch.doctor.layers import batch_statistics
from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.windows import accumulated, named


class BatchStatistics(Rule):
    """No scaling makes accumulation equal to one batch; and the running averages move K times an update."""

    code = "P21"
    title = "batch norm under accumulation sees only the micro-batch"
    severity = "note"

    def on_step(self, h: History, step: Step) -> Findings:
        if not accumulated(h, step):
            return
        for call in {c for b in step.window for c in b.calls if c.training}:
            layer = batch_statistics(call.module)
            if layer is None:
                continue
            k = len(step.window)
            rows = step.window[0].root.count
            yield self.finding(
                f"{layer} computes its statistics over each micro-batch",
                [(call.site, f"runs {k} times for one step"), (step.site, "")],
                effect=f"statistics are of {named(rows) if rows else 'few'} rows, and move {k} times a step",
                fix="GroupNorm or LayerNorm; or momentum = 1 - (1 - momentum) ** (1 / K) and larger micro-batches",
            )
            return
