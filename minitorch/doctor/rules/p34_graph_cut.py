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
        self.cuts: dict[Site, tuple[str, list[Any]]] = {}  # the latest last
        self.latest: dict[Site, int] = {}  # how many backward passes there were at each cut
        self.empty: dict[int, int] = {}  # steps of an optimizer that found no gradient, though there was a pass
        self.steps: dict[int, int] = {}
        self.written: set[int] = set()
        self.rooted: dict[Site, int] = {}

    def on_cut(self, h: History, tensor: Any, how: str, site: Site) -> Findings:
        if site in self.cuts:
            self.cuts[site] = self.cuts.pop(site)
        self.latest[site] = h.counts["backward"]
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
        if not step.closure and not (step.window or step.again):
            yield from self._nothing(h, step)
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

    def _nothing(self, h: History, step: Step) -> Findings:
        """The step finds no gradient at all, though a backward pass has run for it: none of it came this far."""
        key = id(step.optimizer)
        before = h.steps[key][-1].number if h.steps.get(key) else 0
        passes = [b for b in h.backwards if b.step >= before and b.lost is None and b.written]
        train = {id(p) for p in step.parameters if p._requires_grad}
        if not passes or not train or any(p._grad is not None for p in step.parameters):
            return
        self.empty[key] = self.empty.get(key, 0) + 1
        if self.empty[key] < 2:
            return
        last = passes[-1]
        where = [(last.site, "reaches none of the parameters of this optimizer"), (step.site, "finds no gradient")]
        fix = "compute the loss with tensor operations, from the model's output itself"
        cut = next(
            (
                (site, how) for site, (how, leaves) in reversed(self.cuts.items())
                if self.latest[site] >= last.number - 1 and any(id(leaf()) in train for leaf in leaves)
            ),
            None,
        )  # fmt: skip
        if cut is not None:
            where.insert(0, (cut[0], f"{cut[1]}() takes values without their history"))
            fix = f"leave {cut[1]}() out at line {cut[0].line}, and stay in tensor operations"
        elif last.calls or last.owned or not any(c.grad and not c.backward for c in h.calls):
            return  # it went through the model: whose parameters these are is the question then
        else:
            where.insert(1, (last.root.site, "makes its loss, which no call of a model leads to"))
        h.notes["explained"] = step.number
        yield self.finding(
            "the loss has no graph that leads to the parameters",
            where,
            effect=f"{len(train)} parameters receive no gradient: {self.empty[key]} steps so far changed nothing",
            fix=fix,
            note="requires_grad=True on a result does not bring its history back",
        )


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
