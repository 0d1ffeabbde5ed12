"""P34: values leave the graph on the way from the parameters to the loss."""

from __future__ import annotations

import weakref
from typing import Any

from minitorch.core.graph import AccumulateGrad
from minitorch.doctor.record import Backward, History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site

STEPS = 3
CUTS = 32  # how many cuts are remembered, each with the leaves above it


class GraphCut(Rule):
    """No parameter, or only those behind the cut, receives a gradient."""

    code = "P34"
    title = "detach(), item() or numpy() cuts the graph: parameters receive no gradient"

    def __init__(self) -> None:
        self.cuts: dict[Site, tuple[str, list[Any]]] = {}
        self.steps: dict[int, int] = {}
        self.written: set[int] = set()
        self.rooted: dict[Site, int] = {}

    def on_cut(self, h: History, tensor: Any, how: str, site: Site) -> Findings:
        if site not in self.cuts and len(self.cuts) < CUTS and tensor._edge is not None:
            leaves = _leaves(tensor._edge[0])
            if leaves:
                self.cuts[site] = (how, [weakref.ref(leaf) for leaf in leaves])
        return iter(())

    def on_backward(self, h: History, backward: Backward) -> Findings:
        self.written |= {id(x.leaf()) for x in h.lineages.values() if x.parts and x.parts[-1] is backward}
        if backward.owned or not backward.written or not h.optimizers:
            return
        own = [p for o in h.optimizers.values() for g in o.param_groups for p in g["params"] if p._requires_grad]
        root = backward.nodes[0]()
        if not own or not isinstance(root, AccumulateGrad) or root.variable.array.size != 1:
            return
        yield self._found(h, backward.site, backward.root.site, "starts from a tensor without a history", len(own))

    def _found(self, h: History, site: Site, made: Site, what: str, lost: int) -> Any:
        where = [(cut, f"{how}() takes values without their history") for cut, (how, _) in list(self.cuts.items())[:1]]
        return self.finding(
            "the loss has no graph that leads to the parameters",
            [*where, (site, what)],
            effect=f"{lost} parameters receive no gradient; they never change",
            fix="compute the loss with tensor operations, from the model's output itself",
            note="requires_grad=True on a result does not bring its history back",
        )

    def on_step(self, h: History, step: Step) -> Findings:
        key = id(step.optimizer)
        if step.closure or not (step.window or step.again):
            return
        self.steps[key] = self.steps.get(key, 0) + 1
        if self.steps[key] < STEPS:
            return
        never = {
            id(p): p for p in step.parameters if p._requires_grad and id(p) not in self.written and p._grad is None
        }
        if not never:
            return
        for site, (how, leaves) in self.cuts.items():
            lost = [p for leaf in leaves if (p := leaf()) is not None and id(p) in never]
            if not lost:
                continue
            yield self.finding(
                f"{how}() cuts the graph: {len(lost)} parameters never receive a gradient",
                [
                    (site, f"{how}() on the way from {h.name_of(lost[0])} to the loss"),
                    (step.site, "updates the others only"),
                ],
                effect=f"{len(lost)} of {len(step.parameters)} parameters had no gradient in {self.steps[key]} steps",
                fix=f"leave {how}() out at line {site.line}, and stay in tensor operations",
                severity="warning",
            )
            return


def _leaves(node: Any, most: int = 400) -> list[Any]:
    """The leaves below a node."""
    found, seen, stack = [], set[int](), [node]
    while stack and len(seen) < most:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, AccumulateGrad):
            found.append(node.variable)
        stack += [edge[0] for edge in node.edges if edge is not None]
    return found
