"""P30: a value is carried over from the step before, with its history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minitorch.core.mode import mode
from minitorch.core.row_node import RowNode
from minitorch.doctor.record import Backward, History, tensors_in
from minitorch.doctor.roots import origin_of
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site, here

NEAR = 200  # how many nodes of an input's history are looked at


class FreedHistory(Rule):
    """The next backward pass will fail with "a second time": its graph reaches into the last one's.

    Said at once where a module is given what an earlier call of its own made, as a recurrent state is; else when the
    backward pass fails. What is only computed for a log is never differentiated, and is no fault.
    """

    code = "P30"
    title = "a forward uses a value whose graph was already freed"

    def on_module(self, h: History, module: Any, inputs: Any) -> Findings:
        if h.call is None or h.call.module is not module or h.stack or not mode.grad:
            return
        for end in [t._edge[0] for t in tensors_in(inputs) if t._edge is not None]:
            for node in _history(end, NEAR):
                origin = origin_of(node)
                if origin is None or origin.freed is None or not _gone(node):
                    continue
                if origin.call is not None and origin.call.module is module:
                    yield self._found(h.call.site, origin.call.site, origin.freed)
                    return
                break

    def on_fail(self, h: History, node: Any, error: BaseException) -> Findings:
        origin = origin_of(node)
        if "a second time" not in str(error) or origin is None or origin.freed is None or not h.backwards:
            return
        crossing = self._crossing(h.backwards[-1], origin.freed)
        if crossing is not None:
            yield self._found(*crossing, origin.freed)
        elif h.backwards[-1] is not origin.freed:
            yield self.finding(
                "backward runs twice through one graph",
                [(here(), "goes through it again"), (origin.freed.site, "has used it up")],
                effect="it fails: the values that the derivative needs are freed",
                fix="compute the loss anew before each backward(), or add the losses and call backward() once",
            )

    def _crossing(self, failed: Backward, freed: Backward) -> tuple[Site, Site] | None:
        """Where something made after a backward pass uses something made before it: the first such place."""
        first = None
        for root in failed.nodes:
            node = root()
            for newer in _history(node, 100_000) if node is not None else ():
                if newer.order >= freed.order or (first is not None and newer.order <= first[0].order):
                    continue
                for edge in newer.edges:
                    if edge is not None and edge[0].order >= freed.order and edge[0].edges:
                        first = newer, edge[0]
        if first is None:
            return None
        used, made = origin_of(first[0]), origin_of(first[1])
        if used is None:
            return None
        site = used.call.site if used.call is not None else used.site
        return site, site if made is None else made.call.site if made.call is not None else made.site

    def _found(self, used: Site, made: Site, freed: Backward) -> Any:
        return self.finding(
            "this forward uses a value whose graph was already freed",
            [
                (
                    used,
                    "uses its own result of the time before"
                    if used == made
                    else f"uses what line {made.line} made before",
                ),
                (freed.site, 'freed that graph; the next backward() through it fails with "a second time"'),
            ],
            effect="the error comes at the next backward(), and names no line",
            fix="cut the history between the steps:  h = h.detach()   (of every tensor that is carried over)",
            note="retain_graph=True would hide the error and keep one more graph alive each time",
        )


def _gone(node: Any) -> bool:
    """Whether a node's derivative can no longer be computed."""
    return node.saved is None if isinstance(node, RowNode) else True


def _history(node: Any, most: int) -> Iterator[Any]:
    """The nodes below a node, and itself."""
    seen, stack = {id(node)}, [node]
    while stack:
        node = stack.pop()
        yield node
        for edge in node.edges:
            if edge is not None and id(edge[0]) not in seen and len(seen) < most:
                seen.add(id(edge[0]))
                stack.append(edge[0])
