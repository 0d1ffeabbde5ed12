"""P13: several mean losses are accumulated, and none is divided."""

from __future__ import annotations

import weakref
from typing import Any

from minitorch.doctor.record import History, Step, tensors_in
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site
from minitorch.doctor.windows import accumulated, lr_hint, means


def unscaled(h: History, step: Step) -> bool:
    """Whether a step uses the sum of several means where their mean is what one batch would give."""
    if not accumulated(h, step) or h.notes.get("carried") == step.number or h.notes.get("lifted") == step.number:
        return False
    rows = means(step.window)
    return rows is not None and all(abs(scale - 1) < 1e-9 for scale, _ in rows)


class LossNotScaled(Rule):
    """The gradient is K times the mean's: a learning rate K times as high, and clipping that bites K times earlier.

    Where one micro-batch's result goes into the next one's forward pass (truncated backpropagation through time), the
    sum is the aim, and nothing is said; nor where gradients are differentiated in between (meta-learning over tasks).
    """

    code = "P13"
    title = "the loss is not divided by the number of micro-batches"
    severity = "warning"

    def __init__(self) -> None:
        self.cuts: list[Any] = []

    def on_cut(self, h: History, tensor: Any, how: str, site: Site) -> Findings:
        if how in ("detach", "data") and tensor.array.size > 1:
            self.cuts = [*self.cuts[-15:], weakref.ref(tensor.array)]
        return iter(())

    def on_module(self, h: History, module: Any, inputs: Any) -> Findings:
        if self.cuts and h.notes.get("carried") != h.counts["step"] + 1:
            arrays = {id(t.array) for t in tensors_in(inputs)}
            if any((a := cut()) is not None and id(a) in arrays for cut in self.cuts):
                h.notes["carried"] = h.counts["step"] + 1
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        if not unscaled(h, step) or h.notes.get("divided"):
            return
        k, backward = len(step.window), step.window[-1]
        yield self.finding(
            f"{k} mean losses are accumulated, and none is divided by {k}",
            [(backward.site, f"ran {k} times for this step"), (step.site, f"applies the sum of {k} means")],
            effect=f"the gradient is {k}x that of one batch of the same rows{lr_hint(step.optimizer)}",
            fix=f"(loss / {k}).backward()  at line {backward.site.line}, or by rows: loss * (len(x) / rows_in_window)",
            severity="error" if h.declared else None,
            windows=k,
        )
