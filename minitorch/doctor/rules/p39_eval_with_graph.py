"""P39: an evaluation that records a graph nobody uses."""

from __future__ import annotations

import weakref
from typing import Any

from minitorch.doctor.record import Call, History
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site

TIMES, ALIVE = 3, 4


class EvalWithGraph(Rule):
    """Time and memory; and a leak, where the outputs are kept."""

    code = "P39"
    title = "evaluation without no_grad()"
    severity = "note"

    def __init__(self) -> None:
        self.calls: dict[Site, list[tuple[Call, Any]]] = {}

    def on_call(self, h: History, call: Call, result: Any) -> Findings:
        edge = getattr(result, "_edge", None)
        if call.training or not call.grad or edge is None:
            return
        earlier = self.calls.setdefault(call.site, [])
        unused = [(c, node) for c, node in earlier if not c.backward]
        earlier.append((call, weakref.ref(edge[0])))
        del earlier[:-16]
        if len(unused) < TIMES:
            return
        alive = sum(node() is not None for _, node in unused)
        yield self.finding(
            "an evaluation records graphs that nobody differentiates",
            [(call.site, "in eval() mode, with gradients on")],
            effect=f"{alive} of the last {len(unused)} graphs are still kept" if alive >= ALIVE else "time and memory",
            fix="with torch.no_grad():  around the evaluation",
            severity="warning" if alive >= ALIVE else "note",
        )
