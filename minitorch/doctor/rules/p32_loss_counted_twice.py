"""P32: one loss is in a step's gradient twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.doctor.record import Backward, History
from minitorch.doctor.rule import Findings, Rule


class LossCountedTwice(Rule):
    """Its weight is 2 where 1 is meant."""

    code = "P32"
    title = "the same loss is counted twice in one step"
    severity = "warning"

    def __init__(self) -> None:
        self.earlier: dict[int, Backward] = {}  # by the id of a root's node: passes that wait for the same step

    def on_begin(self, h: History, backward: Backward) -> Findings:
        waiting = [
            b for b in h.backwards if b is not backward and b.step == backward.step and not b.used and b.lost is None
        ]
        own = {id(root()) for root in backward.nodes}
        self.earlier = {id(n): b for b in waiting for root in b.nodes if (n := root()) is not None and id(n) not in own}
        node = backward.nodes[0]()
        for b in waiting:
            if node is not None and any(root() is node for root in b.nodes) and _same(b.root.seed, backward.root.seed):
                yield self._found(b, backward, "runs the same loss again")

    def on_run(self, h: History, backward: Backward, node: Any, g: Any, found: Any) -> Findings:
        earlier = self.earlier.get(id(node)) if self.earlier else None
        return (
            iter(())
            if earlier is None
            else iter([self._found(earlier, backward, "contains that loss, so it is counted again")])
        )

    def _found(self, earlier: Backward, backward: Backward, how: str) -> Any:
        return self.finding(
            "one loss is counted twice in one step",
            [(backward.site, how), (earlier.site, "has added its gradient already")],
            effect="its gradient is in .grad twice: a weight of 2",
            fix="add the losses and call backward() once:  (a + b).backward()",
        )


def _same(a: Any, b: Any) -> bool:
    x, y = getattr(a, "array", a), getattr(b, "array", b)
    return bool(np.shape(x) == np.shape(y) and np.all(x == y))
