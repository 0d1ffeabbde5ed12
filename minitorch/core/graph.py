"""The graph: nodes that remember how to differentiate an operation, the sink of a leaf, and where views come from."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.hooks import Hooks, RemovableHandle
from minitorch.core.mode import enable_grad
from minitorch.core.tensor import Tensor, wrap

if TYPE_CHECKING:
    from minitorch.core.row import Plan

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

    __slots__ = ("__weakref__", "_metadata", "edges", "hooks", "meta", "order")

    edges: tuple[Edge | None, ...]
    hooks: NodeHooks | None
    meta: Meta
    order: int

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


class NodeHooks:
    """A node's hooks, in the order they run: of its results' tensors, retained gradients, its own, and after it."""

    __slots__ = ("after", "before", "retained", "tensor")

    def __init__(self) -> None:
        self.tensor: dict[int, Hooks] = {}
        self.retained: dict[int, weakref.ref[Tensor]] = {}
        self.before = Hooks()
        self.after = Hooks()


class RowNode(Node):
    """The node of a derivative table's row: which rules to run, and the values they named."""

    __slots__ = ("plan", "saved")

    def __init__(self, plan: Plan, edges: tuple[Edge | None, ...], saved: Saved, meta: Meta) -> None:
        self.plan = plan
        self.edges = edges
        self.saved: Saved | None = saved
        self.meta = meta
        self.hooks = None
        self.order = next_order()

    def release(self) -> None:
        if self.saved:
            self.saved = None

    def backward(self, g: Any, lifted: bool, conjugated: bool = False) -> Sequence[Gradient | None]:
        plan, saved = self.plan, self.saved
        if saved is None:
            raise RuntimeError(SECOND_BACKWARD)
        if lifted:
            return plan.run_lifted(self, g, self.unpack())
        found: list[Gradient | None] = [None] * len(self.edges)
        if not plan.single:
            g = plan.gradients(self, g, False)
        elif self.meta[1].kind == "c" and not conjugated:
            return conjugates(self.backward(np.conjugate(g), False, True))
        for position, rule, picks in plan.rules:
            if picks is None:
                found[position] = rule(g)
            elif picks.__class__ is int:
                if saved[picks + 1][0] != saved[picks + 2]:
                    self._stale(picks)
                found[position] = rule(g, saved[picks])
            else:
                values = []
                for k in picks:
                    if saved[k + 1][0] != saved[k + 2]:
                        self._stale(k)
                    values.append(saved[k])
                if position >= 0:
                    found[position] = rule(g, *values)
                else:  # the rule of a list of inputs gives all their gradients
                    found[~position:] = rule(g, *values)
        return found

    def unpack(self) -> Sequence[Any]:
        """All saved values, none of which may have been modified."""
        saved = self.saved
        if saved is None:
            raise RuntimeError(SECOND_BACKWARD)
        for k in range(0, len(saved), 3):
            if saved[k + 1][0] != saved[k + 2]:
                self._stale(k)
        return saved[::3]

    def _stale(self, k: int) -> None:
        assert self.saved is not None
        value, counter, version = self.saved[k : k + 3]
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
        """The saved value that a rule names so, as a Tensor on its place in the graph."""
        if name not in self.plan.names:
            raise AttributeError(f"'{self.name()}' object has no saved value '{name}'")
        value = self.plan.lift(self, self.unpack())[self.plan.names.index(name)]
        if isinstance(value, Tensor) and value._edge is not None and isinstance(value._edge[0], AccumulateGrad):
            return value._edge[0].variable  # a leaf is saved as itself
        return value


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

    return type(name, (RowNode,), {"__slots__": (), **{f"_saved_{k}": reader(v) for k, v in saved.items()}})


# What a node saved, three entries a value: the value, its memory's version counter, the version when it was saved.
Saved = tuple[Any, ...]
ALWAYS = [0]  # the counter of what cannot be modified: shapes, parameters

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

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable
        self.edges = ()
        self.meta = (variable.array.shape, variable.array.dtype)
        self.hooks = None
        self.order = next_order()

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    def accumulate(self, g: Gradient, lifted: bool) -> None:
        """``variable.grad += g``, with the leaf's hooks before and after."""
        leaf = self.variable
        if leaf._hooks is not None and leaf._hooks.before:
            g = run_tensor_hooks(leaf._hooks.before, g)
        if g is None:
            return
        with _accumulating:
            held = leaf._grad
            if lifted:
                leaf._grad = g.clone() if held is None else held + g
            elif held is None:
                # A copy of its own: what arrives may be another leaf's gradient too, or a view of the caller's.
                leaf._grad = wrap(np.array(g, order="C"))
            else:
                np.add(held.array, g, out=held.array, casting="same_kind")
                held._counter[0] += 1
        if leaf._hooks is not None and leaf._hooks.after:
            for hook in list(leaf._hooks.after.values()):
                hook(leaf)


_accumulating = threading.Lock()  # two threads may bring gradients to one leaf


def sink(leaf: Tensor) -> Edge:
    """The edge to a leaf's gradient sink; the same node as long as any graph holds it."""
    node = leaf._sink() if leaf._sink is not None else None
    if node is None:
        node = AccumulateGrad(leaf)
        leaf._sink = weakref.ref(node)
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


def run_tensor_hooks(hooks: Hooks, g: Gradient) -> Gradient:
    """Passes a gradient through a tensor's hooks, which see Tensors."""
    lifted = isinstance(g, Tensor)
    t: Tensor = g if lifted else wrap(g)
    for hook in list(hooks.values()):
        result = hook(t)
        if result is None:
            continue
        if not isinstance(result, Tensor):
            raise TypeError(f"expected Tensor or None from a gradient hook, but got {type(result).__name__}")
        if result.array.shape != t.array.shape:
            raise RuntimeError(
                f"hook '{getattr(hook, '__name__', hook)}' has changed the size of value: "
                f"expected {list(t.array.shape)}, got {list(result.array.shape)}"
            )
        t = result
    return t if lifted else t.array


# --- Views -----------------------------------------------------------------------------------------------------------


Steps = tuple[Callable[[Any], Any], ...]


def replay(steps: Steps, x: Any) -> Any:
    """The region of x that view operations lead to; x is an array or a Tensor of the base's shape."""
    for step in steps:
        x = step(x)
    return x


class View:
    """Where a view comes from: its base (never itself a view) and the operations that lead from there to it.

    When the base's history has changed, by an in-place write to it or to another view, the view's own history is the
    same operations on the base as it is now.
    """

    __slots__ = ("base", "edge", "fault", "layout", "steps")

    def __init__(self, base: Tensor, steps: Steps, fault: str | None) -> None:
        self.base = base
        self.steps = steps
        self.layout = base.array.shape, base.array.strides  # what the steps were taken on
        self.edge = base._edge  # the base's history that the view's own history belongs to
        self.fault = fault  # why it must not be written to in place while gradients are recorded

    def refresh(self, t: Tensor) -> None:
        """Renews the history of ``t`` if its base's has changed."""
        base = self.base
        if self.edge is not base._edge:
            if self.layout != (base.array.shape, base.array.strides):
                raise RuntimeError(
                    "a view is used whose base was reshaped in place since, by t_ or squeeze_ for one: its history "
                    "is that of another shape. Take the view again, or use the operation that is not in place."
                )
            with enable_grad():
                now = replay(self.steps, base)
            self.edge = base._edge
            set_history(t, now._edge, now._requires_grad)


NO_GRAD_VIEW = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use "
    "case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the "
    "inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if "
    "you want the inplace to be tracked)."
)


def several_views(k: int, node_name: str) -> str:
    """Why result k of an operation with several views must not be written to."""
    return (
        f"Output {k} of {node_name} is a view and is being modified inplace. This view is the output of a function "
        "that returns multiple views. Such functions do not allow the output views to be modified inplace. You should "
        "replace the inplace operation by an out-of-place one."
    )


def shares_memory(view: Array, x: Array) -> bool:
    """Whether an operation on x gave a view of it: NumPy's views all point to the array that owns the memory."""
    return view is x or (view.base is not None and (view.base is x or view.base is x.base))
