"""P42: functional dropout drops in evaluation too."""

from __future__ import annotations

from minitorch.doctor.record import History
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class DropoutInEval(Rule):
    """Predictions are random: ``training`` is True unless it is given."""

    code = "P42"
    title = "functional dropout is active in evaluation mode"

    def on_drop(self, h: History, p: float, site: Site) -> Findings:
        if not h.stack or h.stack[-1].training:
            return
        name = type(h.stack[-1]).__name__
        yield self.finding(
            f"{name} is in evaluation mode, and drops all the same",
            [(site, f"drops {100 * p:.0f}% of the elements, whatever the mode"),
             *([(h.call.site, "calls the model in eval()")] if h.call is not None else [])],
            effect="two calls on the same input differ",
            fix="F.dropout(x, p, training=self.training), or an nn.Dropout",
        )  # fmt: skip
