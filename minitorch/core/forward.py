"""Forward mode: tangents are pushed along the recorded graph, from its sources to its results.

A derivative table has only reverse rules. But a rule is linear in ``g``: it is the transpose of the operation's
Jacobian, and the transpose of that is the Jacobian itself. So a node maps the tangents of its inputs to those of its
results by running its rules on a dummy ``g`` that requires grad, and differentiating the product of what comes out
with the tangents with respect to ``g`` (the double-vjp of J. Townsend, 2017). Every operation, view and in-place write
has forward mode from the one row, and to every order, since that computation can itself be recorded.

An elementwise operation has a diagonal Jacobian, which is its own transpose: its rules take the tangents as they are.

The tangents of one run are kept by the nodes where they start, so a run inside another never takes the other's
tangents for its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from minitorch.core.alias import Alias, placed_on
from minitorch.core.backward import grad
from minitorch.core.batched_levels import plain_dtype
from minitorch.core.batched_rows import fit_levels
from minitorch.core.engine import fit
from minitorch.core.graph import Edge, Node, edge_of
from minitorch.core.mode import mode
from minitorch.core.row_node import RowNode
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.views import View

Tangent = Tensor | None  # None for zeros

WRITTEN = (
    "a leaf Variable that requires grad is being used in an in-place operation: it is what a transform differentiates "
    "with respect to. Write to a clone() of it."
)


class Sealed(Alias):
    """What was unpacked at a level: tangents of that level stop here."""

    __slots__ = ("level",)

    def __init__(self, edge: Edge | None, meta: tuple[Any, ...], level: object) -> None:
        super().__init__(edge, meta)
        self.level = level


def source(x: Tensor, writable: bool = False) -> Tensor:
    """An alias of x where tangents start and gradients end; if x is in a graph, they go on to its own place.

    ``writable`` allows in-place writes, which only x's memory sees: not if x is in a graph, which would not.
    """
    edge = edge_of(x)
    out = placed_on(x, Alias(edge, (x.array.shape, x.array.dtype)))
    if x.is_inference():
        out._counter = [0]
    if edge is not None or not writable:
        hidden = wrap(x.array)
        hidden._edge, hidden._requires_grad = out._edge, True
        out._view = View(hidden, (), WRITTEN)
    return out


def fitting(tangent: Tensor, primal: Tensor) -> Tensor:
    """A tangent as its primal needs it, cast to its dtype.

    Raises:
        ValueError: a primal or tangent of whole numbers.
        RuntimeError: a shape that differs, or a complex tangent of a real primal.
    """
    for name, t in (("primal", primal), ("tangent", tangent)):
        if t.array.dtype.kind not in "fc":
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {t.dtype}")
    if tangent.shape != primal.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
            f"supported. Tensor is of size {list(primal.shape)} while the given forward gradient is of size "
            f"{list(tangent.shape)}."
        )
    if tangent.array.dtype.kind == "c" and primal.array.dtype.kind == "f":
        raise RuntimeError(
            f"a real tensor has a real tangent: this one is {tangent.dtype}, for a {primal.dtype} primal"
        )
    return tangent if tangent.array.dtype == primal.array.dtype else tangent.to(primal.dtype)


def place(t: Tensor) -> Node:
    """The node of a ``source`` tensor, where its tangent starts: to be asked for before the tensor is written to."""
    assert t._edge is not None
    return t._edge[0]


def alive(tensors: Iterable[Tensor], own: Iterable[Node]) -> bool:
    """Whether the graph of one of the tensors reaches anything that takes gradients besides the nodes ``own``."""
    found = set(own)
    seen: set[Node] = set()
    stack = [edge[0] for t in tensors if (edge := edge_of(t)) is not None]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            before = [edge[0] for edge in node.edges if edge is not None]
            if not before and node not in found:
                return True
            stack += before
    return False


def settled(t: Tensor, own: Iterable[Node]) -> Tensor:
    """A result without its graph, if nothing but the nodes ``own`` is at the end of it or none is recorded."""
    if not t.requires_grad or (mode.grad and alive([t], own)):
        return t
    out = wrap(t.array)
    out._counter = t._counter
    return out


def sealed(t: Tensor, level: object, own: Iterable[Node]) -> Tensor:
    """The tensor without its tangents of the level, and without its graph if only the nodes ``own`` are at its end."""
    t = settled(t, own)
    if not t.requires_grad:
        return t
    edge = edge_of(t)
    return placed_on(t, Sealed(edge, (t.array.shape, t.array.dtype), level))


def push(tensors: Sequence[Tensor], tangents: Mapping[Node, Tensor], level: object = None) -> list[Tangent]:
    """The tangents of ``tensors``, given those that start at some nodes below them.

    Recorded, so that they can be differentiated, if grad mode is on and anything else takes gradients.
    """
    record = mode.grad and (any(t.requires_grad for t in tangents.values()) or alive(tensors, tangents))
    edges = [edge_of(t) for t in tensors]
    found: dict[Node, Sequence[Tangent]] = {}
    before = mode.grad, mode.inference, mode.forward
    mode.grad, mode.inference, mode.forward = record, False, 0
    try:
        for node in _between(edges, tangents, level):
            if node in tangents:
                found[node] = (tangents[node],)
                continue
            inputs = [found[e[0]][e[1]] if e is not None and e[0] in found else None for e in node.edges]
            if any(t is not None for t in inputs):
                found[node] = _through(node, inputs)
    finally:
        mode.grad, mode.inference, mode.forward = before
    return [found[edge[0]][edge[1]] if edge is not None and edge[0] in found else None for edge in edges]


def _between(edges: Sequence[Edge | None], tangents: Mapping[Node, Tensor], level: object) -> list[Node]:
    """The nodes that tangents may come through, in the order they were made."""
    oldest = max((node.order for node in tangents), default=1)
    seen: set[Node] = set()
    stack = [edge[0] for edge in edges if edge is not None]
    while stack:
        node = stack.pop()
        sealed = node.__class__ is Sealed and node.level is level
        if node in seen or node.order > oldest or sealed:
            continue
        seen.add(node)
        if node not in tangents:
            stack += [edge[0] for edge in node.edges if edge is not None]
    return sorted(seen, key=lambda node: -node.order)


def _through(node: Node, tangents: Sequence[Tangent]) -> Sequence[Tangent]:
    """The tangents of a node's results from those of its inputs."""
    own = getattr(type(node), "push", None)
    if own is not None:
        return own(node, tangents)  # type: ignore[no-any-return]
    if isinstance(node, Alias):
        return tangents
    if isinstance(node, RowNode) and _is_elementwise(node):
        return (_diagonal(node, tangents),)
    return _transposed(node, tangents)


def _is_elementwise(node: RowNode) -> bool:
    """Whether the Jacobian is diagonal and real: NumPy's universal functions, but for matmul and its kin."""
    forward = node.plan.row.forward
    if not isinstance(forward, np.ufunc) or forward.signature is not None:
        return False
    return node.meta[1].kind == "f" and len(node.meta) == 2 and not any(_is_complex(edge) for edge in node.edges)


def _is_complex(edge: Edge | None) -> bool:
    return edge is not None and edge[0].meta[2 * edge[1] + 1].kind == "c"


def _diagonal(node: RowNode, tangents: Sequence[Tangent]) -> Tangent:
    """The rules of an elementwise operation on the tangents themselves."""
    values = node.plan.lift(node, node.unpack())
    total: Any = None
    for position, rule, picks in node.plan.rules:
        t = tangents[position]
        if t is not None:
            part = rule(t, *[values[k] for k in picks])
            total = part if total is None else total + part
    if total is None:
        return None
    total = fit(total, *node.meta)
    return total if isinstance(total, Tensor) else wrap(total)


def _transposed(node: Node, tangents: Sequence[Tangent]) -> list[Tangent]:
    """The transpose of the node's derivative, applied to the tangents."""
    record, mode.grad = mode.grad, True
    try:
        dummies = [_dummy(*node.meta[k : k + 2]) for k in range(0, len(node.meta), 2)]
        gradients = node.backward(dummies[0] if len(dummies) == 1 else dummies, lifted=True)
        rows: list[Tensor] = []
        weights: list[Tensor] = []
        for edge, g, t in zip(node.edges, gradients, tangents):
            if edge is not None and t is not None and isinstance(g, Tensor) and g.requires_grad:
                rows.append(fit(g, *edge[0].meta[2 * edge[1] : 2 * edge[1] + 2]))
                weights.append(t)
        wanted = [g for g in dummies if g is not None]
        if not rows:
            return [None] * len(dummies)
        found = iter(grad(rows, wanted, weights, create_graph=record, allow_unused=True))
    finally:
        mode.grad = record
    return [None if g is None else next(found) for g in dummies]


def _dummy(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Tangent:
    """Zeros that require grad, of a result's shape, dtype and levels; None for whole numbers."""
    if dtype.kind not in "fc":
        return None
    zeros = fit_levels(np.zeros(shape, plain_dtype(dtype)), dtype)
    return wrap(zeros).requires_grad_()
