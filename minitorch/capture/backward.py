"""The gradient of a compiled function: recorded with it, and one node of the graph in its replays."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import and_
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.function import FunctionNode
from minitorch.capture.standin import Opaque, StandIn, ndarray
from minitorch.core.alias import Alias
from minitorch.core.batched import BatchedArray
from minitorch.core.engine import run
from minitorch.core.graph import SECOND_BACKWARD, AccumulateGrad, Edge, Node, edge_of, next_order
from minitorch.core.row_node import RowNode
from minitorch.core.saved import Packed
from minitorch.core.tensor import Tensor, wrap

if TYPE_CHECKING:
    from minitorch.capture.program import Program
    from minitorch.capture.recorder import Recorder

DOUBLE = (
    "torch.compile with aot_autograd does not currently support double backward: a compiled function's derivative is "
    "a replay, which is not recorded. Call the function as it was before compile() where you need create_graph=True."
)
PARTLY = (
    "compile: only some results of a compiled function were differentiated, and a gradient has NaNs, which may come of "
    "the other results alone: return those with detach(), or call backward() inside the compiled function."
)
CHANGED = (
    "one of the variables needed for gradient computation has been modified by an inplace operation: a tensor of shape "
    "{shape} that a compiled function used is at version {now}; expected version {then} instead. Write to a clone() of "
    "it, or after the backward pass."
)


@dataclass
class Backward:
    """How a recording's results are differentiated."""

    outputs: list[StandIn]  # the results that require grad
    targets: list[Tensor | int]  # the tensors outside that their gradients go to; of arguments, the numbers
    gradients: list[StandIn | None]  # and theirs
    split: int  # the number of the first call that belongs to the backward pass
    held: list[StandIn] = field(default_factory=list)  # what the graph of the recorded call itself has saved
    reached: list[list[bool]] = field(default_factory=list)  # for each target, whether each result depends on it


def record_backward(recorder: Recorder, outputs: Sequence[Tensor], start: int) -> Backward | None:
    """Runs and records the backward pass of a function's results; None where there is none.

    ``start`` is the number of the first node that the function may have made.
    """
    roots = [t for t in outputs if t._requires_grad and t._edge is not None and t._edge[0].order <= start]
    nodes, ends = _graph(roots, start)
    if not roots or any(isinstance(node, RowNode) and node.saved is None for node in nodes):
        return None  # its backward pass has been, in the function itself
    if recorder.fault is not None:
        return None  # it will not be replayed, and hooks and Functions should not run for nothing
    if any(node.hooks is not None or not isinstance(node, (RowNode, Alias)) for node in nodes):
        recorder.fault = (
            "its result's graph has a hook, or a Function of one's own, which a replay's backward pass would not call: "
            "compile a step that calls backward() itself"
        )
        return None
    if any(type(x) is Packed for node in nodes if isinstance(node, RowNode) for x in node.saved or ()):
        recorder.fault = "hooks have packed what its derivative needs, which they would not in a replay"
        return None
    outside = {edge: t for t in recorder.holders.values() if (edge := edge_of(t)) is not None}
    if any(edge not in outside for edge in ends):
        recorder.fault = "its result's graph leads to a tensor that is no parameter and no argument"
        return None
    targets = [outside[edge] for edge in ends]
    if any(t._hooks is not None and t._hooks.before for t in targets):
        recorder.fault = "a parameter has a hook, which a replay's backward pass would not know"
        return None
    split = len(recorder.recording.calls)
    values = [recorder.incoming(np.ones(t.array.shape, t.array.dtype)) for t in roots]
    found = run(
        [(t._edge, g) for t, g in zip(roots, values, strict=True)],  # type: ignore[misc]
        keep_graph=True, lifted=False, targets=ends, accumulate=False, boundary=True,
    )  # fmt: skip
    if any(call.kind == "decision" for call in recorder.recording.calls[split:]):
        recorder.fault = "what its backward pass does depends on values"
    held = [x for node in nodes for x in _inside(_saved(node))]
    places = [recorder.place(t) for t in targets]
    reach = [set(_graph([t], start)[1]) for t in roots]
    reached = [[edge in r for r in reach] for edge in ends]
    arrays: list[Any] = [t.array for t in roots]
    return Backward(arrays, places, [found.get(edge) for edge in ends], split, held, reached)


def _graph(roots: Sequence[Tensor], start: int) -> tuple[list[Node], list[Edge]]:
    """The nodes that a function made, and the edges that lead out of there."""
    seen: dict[Node, None] = {}
    ends: dict[Edge, None] = {}
    stack = [t._edge[0] for t in roots if t._edge is not None]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen[node] = None
        for edge in node.edges:
            if edge is not None and (isinstance(edge[0], AccumulateGrad) or edge[0].order > start):
                ends[edge] = None
            elif edge is not None:
                stack.append(edge[0])
    return list(seen), list(ends)


def leaves(outputs: Sequence[Tensor]) -> list[Tensor]:
    """The leaves that the graphs of tensors lead to."""
    ends = _graph([t for t in outputs if t._edge is not None], sys.maxsize)[1]
    return [node.variable for node, _ in ends if isinstance(node, AccumulateGrad)]


def settle(outputs: Sequence[Tensor], start: int) -> None:
    """Gives the nodes of a recorded call's graph the arrays in place of their stand-ins."""
    for node in _graph(outputs, start)[0]:
        if isinstance(node, RowNode) and node.saved:
            node.saved = tuple([_settled(x) for x in node.saved])
        elif isinstance(node, FunctionNode):
            for kept in node.ctx._saved or ():
                kept.array = _settled(kept.array)


def _saved(node: Node) -> Sequence[Any]:
    """What a node keeps for its derivative."""
    if isinstance(node, FunctionNode):
        attributes = [t.array for t in vars(node.ctx).values() if isinstance(t, Tensor)]
        return [*attributes, *[kept.array for kept in node.ctx._saved or ()]]
    return node.saved or () if isinstance(node, RowNode) else ()


def _inside(saved: Any) -> Iterator[Any]:
    """The stand-ins among what a node has saved, those that vmap has batched, too."""
    for x in saved:
        if type(x) is StandIn or type(x) is Opaque:
            yield x
        elif type(x) in (tuple, list):
            yield from _inside(x)
        elif type(x) is BatchedArray:
            yield from _inside((x.data,))


def _settled(x: Any) -> Any:
    if type(x) is StandIn or type(x) is Opaque:
        return x.value
    if type(x) is BatchedArray:
        return BatchedArray(_settled(x.data), x.level)
    if type(x) is list and not any(type(item) in (StandIn, Opaque, BatchedArray, tuple, list) for item in x):
        return x  # a version counter stays itself
    return type(x)([_settled(item) for item in x]) if type(x) in (tuple, list) else x


class CompiledFunctionBackward(Node):
    """The node of a replayed function: its backward pass is replayed, too."""

    __slots__ = ("_names", "_program", "_versions", "results")

    def __init__(self, program: Program, edges: tuple[Edge | None, ...], outputs: Sequence[Any], names: Any) -> None:
        self._program, self._names = program, names
        self.results: list[tuple[Any, int, Any]] = []  # those that it needs: their versions, then, and shapes
        used = (names["tensors"][t] if isinstance(t, int) else t for t in program.uses)
        self._versions = [(t, t._counter[0]) for t in used]
        self.edges = edges
        self.meta = tuple([part for x in outputs for part in (np.shape(x), x.dtype)])
        self.hooks = None
        self.order = next_order()

    def release(self) -> None:
        self._names = None

    def backward(self, g: Any, lifted: bool) -> Sequence[Any]:
        if lifted:
            raise RuntimeError(DOUBLE)
        if self._names is None:
            raise RuntimeError(SECOND_BACKWARD)
        for t, then in self._versions:
            if t._counter[0] != then:
                raise RuntimeError(CHANGED.format(shape=list(t.shape), now=t._counter[0], then=then))
        for counter, then, shape in self.results:
            if counter[0] != then:
                raise RuntimeError(CHANGED.format(shape=list(shape), now=counter[0], then=then))
        grads = [g] if len(self.meta) == 2 else g
        shapes = zip(self.meta[::2], self.meta[1::2], strict=True)
        filled = [np.zeros(*meta) if x is None else np.asarray(x) for x, meta in zip(grads, shapes, strict=True)]
        with self._program.busy:
            found = self._program.run({**self._names, "grads": filled})
        if len(grads) == 1:
            return found  # type: ignore[no-any-return]
        asked = [x is not None for x in grads]
        if not all(asked) and any(x is not None and x.dtype.kind in "fc" and np.isnan(x).any() for x in found):
            raise RuntimeError(PARTLY)  # zeros stood for the missing gradients, and zero times infinity is no zero
        reached = self._program.recording.backward.reached  # type: ignore[union-attr]
        return [x if any(map(and_, asked, r)) else None for x, r in zip(found, reached, strict=True)]


def link(program: Program, targets: Sequence[Tensor | int], outputs: Sequence[Any], names: Any) -> list[Tensor]:
    """The tensors of a replay's results that require grad, on a node of their own."""
    edges = tuple([edge_of(names["tensors"][t] if isinstance(t, int) else t) for t in targets])
    node = CompiledFunctionBackward(program, edges, outputs, names)
    recording = program.recording
    written = {id(x): moved for x, moved in recording.written}
    found = []
    for k, x in enumerate(outputs):
        t = wrap(x if isinstance(x, ndarray) else np.asarray(x))
        t._edge, t._requires_grad = (node, k), True
        if written:
            t._counter[0] = written.get(id(recording.backward.outputs[k]), 0)  # type: ignore[union-attr]
        found.append(t)
        if any(value is x for value in names.values()):  # its derivative needs the result
            node.results.append((t._counter, t._counter[0], t.shape))
    return found


class Spent(Node):
    """Stands for the graph of a result whose backward pass was part of the step: it is over."""

    __slots__ = ()

    def __init__(self, x: Any) -> None:
        self.edges = ()
        self.meta = (np.shape(x), x.dtype)
        self.hooks = None
        self.order = next_order()

    def backward(self, g: Any, lifted: bool) -> Sequence[Any]:
        raise RuntimeError(SECOND_BACKWARD)


def spent(x: Any, node: Spent) -> Tensor:
    """A result that requires grad, at the end of a graph that was used up."""
    t = wrap(x)
    t._edge, t._requires_grad = (node, 0), True
    return t
