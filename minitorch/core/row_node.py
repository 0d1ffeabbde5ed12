"""The node of a derivative table's row: which rules to run, on which saved values."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched_levels import Unbatchable
from minitorch.core.graph import SECOND_BACKWARD, AccumulateGrad, Edge, Gradient, Meta, Node, next_order
from minitorch.core.saved import ALWAYS, Packed, Saved, SavedTensor
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.watch import close_watchers, made

if TYPE_CHECKING:
    from minitorch.core.plan import Plan

Array = dtypes.Array


class RowNode(Node):
    """The node of a derivative table's row: which rules to run, and the values they named."""

    __slots__ = ("plan", "saved")

    plan: Plan
    saved: Saved | None

    def release(self) -> None:
        if self.saved:
            self.saved = None

    def backward(self, g: Any, lifted: bool, unwanted: tuple[int, ...] = ()) -> Sequence[Gradient | None]:
        plan = self.plan
        if self.saved is None:
            raise RuntimeError(SECOND_BACKWARD)
        if lifted:
            return plan.run_lifted(self, g, self.unpack(), unwanted)
        conjugated = False
        if not plan.single:
            g = plan.gradients(self, g, False)
        elif self.meta[1].kind == "c":
            g, conjugated = np.conjugate(g), True
        try:
            found = (plan.pull_without(unwanted) if unwanted else plan.pull)(self, g)
        except Unbatchable:
            found = plan.run_attempting([None] * len(self.edges), g, self.unpack())
        return conjugates(found) if conjugated else found

    def plainly(self, g: Any) -> Sequence[Gradient | None]:
        """Runs the plan's rules one after the other; see pulls.py."""
        saved = self._held()
        found: list[Gradient | None] = [None] * len(self.edges)
        for position, rule, picks in self.plan.rules:
            values = []
            for k in picks:
                if saved[3 * k + 1][0] != saved[3 * k + 2]:
                    saved = self.recovered()
                values.append(saved[3 * k])
            if position >= 0:
                found[position] = rule(g, *values)
            else:  # the rule of a list of inputs gives all their gradients
                found[~position:] = rule(g, *values)
        return found

    def unpack(self) -> Sequence[Any]:
        """All saved values, none of which may have been modified."""
        saved = self._held()
        return [saved[k] if saved[k + 1][0] == saved[k + 2] else self._recover(k) for k in range(0, len(saved), 3)]

    def fetch(self, i: int) -> Any:
        """Saved value ``i``, which may not have been modified."""
        saved, k = self._held(), 3 * i
        return saved[k] if saved[k + 1][0] == saved[k + 2] else self._recover(k)

    def recovered(self) -> Saved:
        """All that is saved with what was packed away unpacked; raises if a value was modified."""
        return tuple([part for value in self.unpack() for part in (value, ALWAYS, 0)])

    def _held(self) -> Saved:
        if self.saved is None:
            raise RuntimeError(SECOND_BACKWARD)
        return self.saved

    def _recover(self, k: int) -> Any:
        """A saved value that is not simply there: it was packed away (see Packed), or else it was modified."""
        assert self.saved is not None
        value, counter, version = self.saved[k : k + 3]
        if isinstance(value, Packed):
            x = value.unpack().array
            return x if x.ndim else x[()]
        source = self.plan.sources[k // 3]
        assert source is not None
        which = f"output {~source}" if source < 0 else f"input {source}"
        kind = dtypes.of(value.dtype).alias
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"[torch.{kind}Tensor {list(value.shape)}], which is {which} of {self.name()}, is at version "
            f"{counter[0]}; expected version {version} instead. Write to a clone() of it, or after the backward pass."
        )

    def saved_value(self, name: str) -> Any:
        """The saved value that a rule names so, as a Tensor on its place in the graph; None if none was needed."""
        self._held()
        names, row = self.plan.names, self.plan.row
        if name in names:
            return self.in_place(names.index(name))
        if name.endswith("_shape") and self.edges[0] is not None:
            node, number = self.edges[0]
            return node.meta[2 * number]
        if name in row.params:
            raise AttributeError(f"'{self.name()}' has not saved {name!r}: the gradients asked for do not depend on it")
        return None

    def in_place(self, i: int) -> Any:
        """Saved value ``i`` as a Tensor on its place in the graph; a leaf as itself, or as its like once unpacked."""
        value = self.fetch(i)
        t = self.plan.lift_one(self, i, value)
        if isinstance(t, Tensor):
            return t if t._edge is None else placed(t, t._edge, value)
        return wrap(np.asarray(t)) if isinstance(t, (int, float, complex)) and self.plan.sources[i] is not None else t


def record_node(kind: type[RowNode], plan: Plan, edges: tuple[Edge | None, ...], saved: Saved, meta: Meta) -> RowNode:
    """A new node. (A plain function: Python takes twice as long over a class and its ``__init__``.)"""
    node: RowNode = _new(kind)
    node.plan = plan
    node.edges = edges
    node.saved = saved
    node.meta = meta
    node.hooks = None
    node.order = next_order()
    if close_watchers:
        made(node)
    return node


_new = object.__new__


def placed(t: Tensor, edge: Edge, value: Array) -> Tensor:
    """A saved tensor at its place in the graph; a leaf as itself if its memory is ``value``, else as another one."""
    sink = edge[0]
    if not isinstance(sink, AccumulateGrad):
        t._edge = edge
        return t
    leaf = sink.variable
    if leaf.array is value or (value.ndim == 0 and leaf._counter is t._counter):
        return leaf
    t._edge, t._sink = None, weakref.ref(sink)
    return t


def conjugates(found: Sequence[Gradient | None]) -> list[Gradient | None]:
    """A complex result's gradients.

    Its rule g * f'(x) was given conj(g): conj(conj(g) * f'(x)) is PyTorch's g * conj(f'(x)).
    """
    return [None if f is None else np.conjugate(f) for f in found]


def node_class(name: str, saved: dict[str, str]) -> type[RowNode]:
    """The class of a row's nodes, called as PyTorch calls it, with a property for every value that it may save.

    (A ``__getattr__`` on RowNode would do, but then every access to a field of a node would take the slow way.)
    """

    def reader(value: str) -> property:
        return property(lambda node: node.saved_value(value))

    def raw_reader(value: str) -> property:
        return property(lambda node: raw(node, value))

    def raw(node: RowNode, value: str) -> SavedTensor:
        names = node.plan.names
        return SavedTensor(node, names.index(value) if value in names else None)

    fields: dict[str, Any] = {"__slots__": ()}
    for k, value in saved.items():
        fields[f"_saved_{k}"] = reader(value)
        fields[f"_raw_saved_{k}"] = raw_reader(value)
    return type(name, (RowNode,), fields)
