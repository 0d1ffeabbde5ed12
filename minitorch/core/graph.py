"""The graph: nodes that remember how to differentiate an operation, and the sink of a leaf."""

from __future__ import annotations

import itertools
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from sys import getrefcount
from typing import Any, NamedTuple

import numpy as np

from minitorch.core import dtypes
from minitorch.core.hooks import Hooks, RemovableHandle
from minitorch.core.tensor import Tensor, ndarray, wrap
from minitorch.core.tensor_hooks import check_replacement
from minitorch.core.watch import close_watchers, tell

Array = dtypes.Array
Edge = tuple["Node", int]  # the node that made a value, and which of its results the value is
Meta = tuple[Any, ...]  # shape and dtype of the first result, of the second, ...: what gradients are fitted to
Gradient = Any  # an ndarray (or NumPy scalar) in a plain backward pass, a Tensor under create_graph

# Counts downwards, so that the newest node has the smallest number and the engine's heap gives it first. Whoever uses a
# value is made after it: going by this number visits a node only when all its users have been visited.
next_order = itertools.count(0, -1).__next__


class Node:
    """One recorded operation: an entry of the graph that ``grad_fn`` and ``next_functions`` show.

    It holds no Tensor, only what its derivative needs, so a graph is freed by reference counts as soon as nobody holds
    its end.
    """

    __slots__ = ("__weakref__", "_metadata", "edges", "hooks", "meta", "order", "origin")

    edges: tuple[Edge | None, ...]
    hooks: NodeHooks | None
    meta: Meta
    order: int
    origin: Any  # where it was made: set, and read, by a watcher that wants to know (doctor/)

    def name(self) -> str:
        """Its name as PyTorch shows it, ``MulBackward0`` for one."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """For each input: the node that made it (None when it needs no gradient) and which of its results it was."""
        return tuple((None, 0) if edge is None else edge for edge in self.edges)

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dictionary for the user's own notes."""
        try:
            return self._metadata
        except AttributeError:
            self._metadata: dict[Any, Any] = {}
            return self._metadata

    @property
    def requires_grad(self) -> bool:
        """Whether any of its inputs needs a gradient."""
        return any(edge is not None for edge in self.edges)

    @property
    def _input_metadata(self) -> list[ResultMetadata]:
        """Shape and dtype of each of its results."""
        return [ResultMetadata(s, dtypes.of(d)) for s, d in zip(self.meta[::2], self.meta[1::2], strict=True)]

    def _sequence_nr(self) -> int:
        """Its place in the order of creation; the backward pass goes from high to low."""
        return -self.order

    def backward(self, g: Any, lifted: bool) -> Sequence[Gradient | None]:
        """The gradients of its inputs, aligned with ``edges``. Lifted: on Tensors.

        ``g`` is the gradient of its result; of a node with several results, the list of theirs, None where none
        arrived.
        """
        raise TypeError(f"{self.name()} cannot be called")

    def release(self) -> None:
        """Frees the saved values after a backward pass that need not keep the graph."""

    def __call__(self, *grads: Tensor | None) -> Any:
        """Runs this node's derivative alone on the gradients of its results."""
        found = self.backward(grads[0] if len(self.meta) == 2 else list(grads), lifted=True)
        return found[0] if len(found) == 1 else tuple(found)

    def register_hook(self, hook: Callable[[tuple[Any, ...], tuple[Any, ...]], Any]) -> RemovableHandle:
        """Calls ``hook(grad_inputs, grad_outputs)`` after this node ran; a returned tuple replaces ``grad_inputs``."""
        return self._own_hooks().after.add(hook)

    def register_prehook(self, hook: Callable[[tuple[Any, ...]], Any]) -> RemovableHandle:
        """Calls ``hook(grad_outputs)`` before this node runs; a returned tuple replaces ``grad_outputs``."""
        return self._own_hooks().before.add(hook)

    def tensor_hooks(self, number: int) -> Hooks:
        """The hooks of the tensor that is this node's result ``number``."""
        return self._own_hooks().tensor.setdefault(number, Hooks())

    def _own_hooks(self) -> NodeHooks:
        if self.hooks is None:
            self.hooks = NodeHooks()
        return self.hooks

    def retain(self, number: int, result: Tensor) -> None:
        """Writes the gradient of result ``number`` into that tensor's ``.grad`` when it is known."""
        self._own_hooks().retained[number] = weakref.ref(result)

    def retains(self, number: int, result: Tensor) -> bool:
        """Whether ``retain`` was called for that tensor."""
        reference = self.hooks.retained.get(number) if self.hooks is not None else None
        return reference is not None and reference() is result

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"


class GradientEdge(NamedTuple):
    """Where a tensor's gradient goes: the node that made the tensor and which of its results it is."""

    node: Node
    output_nr: int
    ownership_token: None = None  # PyTorch's field; an edge of ours owns its node


class ResultMetadata(NamedTuple):
    """What a node's result is, and so the gradient that the node takes."""

    shape: tuple[int, ...]
    dtype: dtypes.dtype


class NodeHooks:
    """A node's hooks, in the order they run: of its results' tensors, retained gradients, its own, and after it."""

    __slots__ = ("after", "before", "retained", "tensor")

    def __init__(self) -> None:
        self.tensor: dict[int, Hooks] = {}
        self.retained: dict[int, weakref.ref[Tensor]] = {}
        self.before = Hooks()
        self.after = Hooks()


SECOND_BACKWARD = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward. More often the loss should be computed afresh, or a value carried over from an earlier "
    "step should be detached: x = x.detach()."
)


class AccumulateGrad(Node):
    """The sink of a leaf: adds what arrives to the leaf's ``.grad``."""

    __slots__ = ("variable",)

    edges = ()
    variable: Tensor

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    @property
    def requires_grad(self) -> bool:
        """Always: it is made for a leaf that does."""
        return True

    def _sequence_nr(self) -> int:
        """PyTorch's number of those that go last."""
        return 2**64 - 1

    def accumulate(self, g: Gradient, lifted: bool) -> None:
        """``variable.grad += g``, and then the leaf's hooks that run after it."""
        leaf = self.variable
        if g is None:
            return
        if close_watchers:
            tell("accumulating", leaf, g)
        with accumulating:
            held = leaf._grad
            if lifted:
                leaf._grad = g.clone() if held is None else held + g
            elif held is None:
                # An array of its own: what arrives may be another leaf's gradient too, or a view of the caller's. If
                # nobody else holds it (but the engine, this function and getrefcount), it need not be copied.
                alone = g.__class__ is ndarray and g.base is None and getrefcount(g) <= _ALONE
                leaf._grad = wrap(g if alone and g.flags.carray else g.copy())
            else:
                np.add(held.array, g, held.array)
                held._bump()
        if leaf._hooks is not None and leaf._hooks.after:
            for hook in list(leaf._hooks.after.values()):
                if (result := hook(leaf)) is not None:
                    check_replacement(getattr(hook, "__name__", repr(hook)), result, leaf)
                    raise RuntimeError("Tensor post accumulate grad hooks should return None.")


# References to a gradient on its way to a leaf that nobody else holds. (Later Pythons count otherwise: copy always.)
_ALONE = 3 if sys.version_info < (3, 14) else 0

accumulating = threading.Lock()  # two threads may bring gradients to one leaf


_new = object.__new__


def sink(leaf: Tensor) -> Edge:
    """The edge to a leaf's gradient sink; the same node as long as any graph holds it."""
    node = leaf._sink() if leaf._sink is not None else None
    if node is None:
        made: AccumulateGrad = _new(AccumulateGrad)
        made.variable = leaf
        array = leaf.array
        made.meta = (array.shape, array.dtype)
        made.hooks = None
        made.order = next_order()
        leaf._sink = weakref.ref(made)
        return made, 0
    return node, 0


def edge_of(t: Tensor) -> Edge | None:
    """Where a gradient of ``t`` goes; None when it needs none. (The operations have this line inlined.)"""
    if t._view is not None:
        t._view.refresh(t)
    return (t._edge or sink(t)) if t._requires_grad else None


def set_history(t: Tensor, edge: Edge | None, requires_grad: bool) -> None:
    """Another place in the graph for a tensor, after a write: it retains the gradient of what it is now."""
    old = t._edge
    t._edge, t._requires_grad = edge, requires_grad
    if old is not None and old[0].hooks is not None and old[0].retains(old[1], t):
        del old[0].hooks.retained[old[1]]
        if edge is not None:
            edge[0].retain(edge[1], t)
