"""P08: gradients are cleared by hand, in a way that fails while there are none."""

from __future__ import annotations

import re

from minitorch.doctor.record import History
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site

_ON_NONE = re.compile(
    r"'NoneType' object (has no attribute|is not subscriptable|does not support item)|NoneType'? and|: 'NoneType'"
)
_TRUTH = re.compile(r"(if|while|and|or|not|bool\()\s*\(?[\w.\[\]]*\bgrad\b(?!\s*(\.|is|==|!=|<|>))")
_GRADIENT = re.compile(r"([A-Za-z_][\w.\[\]]*)\.grad\b")


class ClearedByHand(Rule):
    """``.grad`` is None before the first backward pass and after zero_grad(); an array has no one truth value."""

    code = "P08"
    title = ".grad is None, or its truth value is asked"

    def on_error(self, h: History, error: BaseException, site: Site) -> Findings:
        named = _GRADIENT.search(site.text)
        if named is None:
            return
        who = named[1]
        if isinstance(error, (AttributeError, TypeError)) and _ON_NONE.search(str(error)):
            yield self.finding(
                f"{who}.grad is None here",
                [(site, "takes it for a tensor")],
                effect=f"{type(error).__name__}: no backward pass has filled it yet"
                if not h.counts["backward"]
                else f"{type(error).__name__}: it was cleared, or the last backward pass did not reach it",
                fix=f"{who}.grad = None  to clear it, or  if {who}.grad is not None:  before it is used",
            )
        elif "ambiguous" in str(error) and _TRUTH.search(site.text):
            yield self.finding(
                f"the truth value of {who}.grad is asked",
                [(site, "an array of several numbers is neither true nor false")],
                effect=f"{type(error).__name__}; with a single number, a gradient of 0 would count as none",
                fix=f"if {who}.grad is not None:",
            )
