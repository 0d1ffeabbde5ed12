"""P35: ``.grad`` is read where there never is one."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.record import History
from minitorch.doctor.roots import origin_of
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class GradOfANonLeaf(Rule):
    """It is None after every backward pass: a parameter was rebound by hand, or an intermediate is looked at."""

    code = "P35"
    title = ".grad of a result is read: only leaves have one"

    def on_missed(self, h: History, tensor: Any, site: Site) -> Findings:
        origin = origin_of(tensor._edge[0]) if tensor._edge is not None else None
        rebound = origin is not None and tensor._edge[0].name().split("Backward")[0] in ("Sub", "Add", "Mul", "AddCMul")
        where: list[tuple[Site, str]] = []
        if origin is not None and origin.site != site:
            where.append((origin.site, "makes this tensor: it is a result, not a leaf"))
        where.append((site, "reads .grad, which is None"))
        yield self.finding(
            "the .grad of a result is read, which is never filled",
            where,
            effect="it is None after every backward()",
            fix="with torch.no_grad(): w -= lr * w.grad   (in place, so that w stays the same leaf)"
            if rebound
            else "t.retain_grad() before backward(), to look at the gradient of an intermediate",
        )
