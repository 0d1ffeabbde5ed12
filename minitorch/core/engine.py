"""The engine: walks the graph from its results back to its leaves, newest node first, without recursion.

One loop serves ``backward`` and ``grad``, plain and under ``create_graph``. Gradients wait in a table, one entry a
node, until every user of the node's results has been visited, which the order of creation guarantees (graph.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.graph import AccumulateGrad, Edge, Gradient, Meta, Node, next_order, run_tensor_hooks
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor, ndarray, wrap


def run(
    roots: Sequence[tuple[Edge, Gradient]],
    *,
    keep_graph: bool,
    lifted: bool,
    targets: Sequence[Edge] | None = None,
    accumulate: bool = True,
    boundary: bool = False,
) -> dict[Edge, Gradient]:
    """Propagates the roots' gradients, and returns those that reach ``targets``.

    Without targets every leaf below the roots accumulates its gradient; with targets only they do, if ``accumulate``,
    and only the nodes on a way to them run; a ``boundary`` of targets says that nothing beyond them matters. ``lifted``
    computes on Tensors, under the caller's grad mode.
    """
    needed = None if targets is None else _on_the_way([edge for edge, _ in roots], targets, boundary)
    wanted: dict[Node, list[int]] = {}
    for node, number in targets or ():
        wanted.setdefault(node, []).append(number)
    captured: dict[Edge, Gradient] = {}
    waiting: dict[Node, Any] = {}  # the gradient of each node's result; a list of them where it has several
    heap: list[tuple[int, Node]] = []

    def arrive(node: Node, number: int, g: Gradient) -> None:
        """Adds a gradient to what other users of the same value have sent."""
        if len(node.meta) == 2:
            held = waiting.get(node)
            if held is None:
                heappush(heap, (node.order, node))
                waiting[node] = g
            else:
                waiting[node] = held + g
            return
        grads = waiting.get(node)
        if grads is None:
            heappush(heap, (node.order, node))
            grads = waiting[node] = [None] * (len(node.meta) // 2)
        grads[number] = g if grads[number] is None else grads[number] + g

    for (node, number), g in roots:
        if needed is None or node in needed:
            arrive(node, number, g)

    while heap:
        node = heappop(heap)[1]
        g = waiting.pop(node)
        hooks = node.hooks
        if hooks is not None:
            g = _before(node, g)
        if node in wanted:
            _capture(node, g, wanted[node], captured, accumulate)
        if node.__class__ is AccumulateGrad:
            if accumulate and g is not None:
                if hooks is not None:
                    g = _prehooks(node, g)
                node.accumulate(g, lifted)
                if hooks is not None:
                    _after(node, [], g)
            continue
        if needed is not None and not needed[node]:
            continue
        if hooks is not None and hooks.before:
            g = _prehooks(node, g)
        found = node.backward(g, lifted)
        if hooks is not None and hooks.after:
            found = _after(node, found, g)
        if not keep_graph:
            node.release()
        # Each gradient goes to the node that made the input, fitted to the input's shape and dtype.
        for edge, g in zip(node.edges, found):
            if edge is None or g is None:
                continue
            user = edge[0]
            if needed is not None and user not in needed:
                continue
            meta = user.meta
            if len(meta) == 2:
                shape, dtype = meta
                if g.shape != shape or g.dtype is not dtype:
                    g = fit(g, shape, dtype)
                if user in waiting:
                    waiting[user] = waiting[user] + g
                else:
                    waiting[user] = g
                    heappush(heap, (user.order, user))
            else:
                number = edge[1]
                arrive(user, number, fit(g, meta[2 * number], meta[2 * number + 1]))
    return captured


def _capture(node: Node, g: Any, numbers: list[int], captured: dict[Edge, Gradient], accumulate: bool) -> None:
    """Keeps the gradients that were asked for. A leaf's hooks run here when nothing is accumulated into it."""
    for number in numbers:
        one = g if len(node.meta) == 2 else g[number]
        if node.__class__ is AccumulateGrad and not accumulate and one is not None:
            leaf_hooks = node.variable._hooks
            if leaf_hooks is not None and leaf_hooks.before:
                one = run_tensor_hooks(leaf_hooks.before, one)
        if one is not None:
            captured[node, number] = one


def fit(g: Gradient, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Gradient:
    """Makes a gradient its input's: sums it down over broadcast dimensions, spreads it up, casts it.

    This one function undoes broadcasting and promotion for every rule, on arrays and on Tensors.
    """
    have = tuple(g.shape)
    if have != shape:
        lead = len(have) - len(shape)
        if lead > 0:
            axis = 0 if lead == 1 else tuple(range(lead))
            g = np.add.reduce(g, axis) if g.__class__ is ndarray else np.sum(g, axis=axis)
            have = have[lead:]
        if have != shape:
            offset = len(shape) - len(have)
            down = tuple([i for i, n in enumerate(have) if n != 1 and shape[i + offset] == 1])
            if down:
                g = np.sum(g, axis=down, keepdims=True)
            if tuple(g.shape) != shape:
                g = np.broadcast_to(g, shape)
    if isinstance(g, Tensor):
        if g.array.dtype != dtype:
            g = g.real if _drops_imaginary(g.array.dtype, dtype) else g
            g = g.to(dtypes.of(dtype))
        return g
    if g.dtype != dtype:
        g = g.real if _drops_imaginary(g.dtype, dtype) else g
        return g.astype(dtype)
    return g


def _drops_imaginary(have: np.dtype[Any], want: np.dtype[Any]) -> bool:
    """A real input of a complex operation: its gradient is the real part, by PyTorch's convention."""
    return have.kind == "c" and want.kind != "c"


def _on_the_way(starts: Sequence[Edge], targets: Sequence[Edge], boundary: bool) -> dict[Node, bool]:
    """The nodes from which a target can be reached, the targets too; the value says whether the node itself runs."""
    goal = {node for node, _ in targets}
    seen: set[Node] = set()
    stack = [node for node, _ in starts]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            if boundary and node in goal:
                continue
            stack += [edge[0] for edge in node.edges if edge is not None and edge[0] not in seen]
    needed: dict[Node, bool] = {}
    for node in sorted(seen, key=lambda n: -n.order):  # inputs before their users
        runs = any(edge is not None and edge[0] in needed for edge in node.edges)
        if runs or node in goal:
            needed[node] = runs
    return needed


def _before(node: Node, g: Any) -> Any:
    """Hooks on a node's results: of their tensors, then those that retain the gradient."""
    hooks = node.hooks
    assert hooks is not None
    single = len(node.meta) == 2
    grads = [g] if single else list(g)
    for number, tensor_hooks in hooks.tensor.items():
        if grads[number] is not None and tensor_hooks:
            grads[number] = run_tensor_hooks(tensor_hooks, grads[number])
    for number, reference in hooks.retained.items():
        t, one = reference(), grads[number]
        if t is not None and one is not None:
            new = one if isinstance(one, Tensor) else wrap(np.array(one))
            t._grad = new if t._grad is None else t._grad + new
    return grads[0] if single else grads


def _prehooks(node: Node, g: Any) -> Any:
    """The node's own hooks before it runs; a gradient that was asked for has been captured already."""
    hooks = node.hooks
    assert hooks is not None
    single = len(node.meta) == 2
    grads = [g] if single else list(g)
    for hook in list(hooks.before.values()):
        result = hook(_shown(grads))
        if result is not None:
            grads = _taken(result, grads)
    return grads[0] if single else grads


def _after(node: Node, found: Sequence[Gradient | None], g: Any) -> Sequence[Gradient | None]:
    """Hooks that run after a node; what they return takes the place of its inputs' gradients."""
    hooks = node.hooks
    assert hooks is not None
    for hook in list(hooks.after.values()):
        result = hook(_shown(found), _shown([g] if len(node.meta) == 2 else g))
        if result is not None:
            found = _taken(result, found)
    return found


def _shown(grads: Sequence[Gradient | None]) -> tuple[Tensor | None, ...]:
    """Gradients as hooks see them: Tensors."""
    return tuple(g if g is None or isinstance(g, Tensor) else wrap(g) for g in grads)


def _taken(result: Any, grads: Sequence[Gradient | None]) -> list[Gradient | None]:
    """What a hook returned, as the backward pass computes: arrays unless it is lifted."""
    result = result if isinstance(result, tuple) else (result,)
    return [r.array if isinstance(r, Tensor) and not isinstance(g, Tensor) else r for r, g in zip(result, grads)]


def differentiate(
    definition: Callable[..., Any],
    inputs: Sequence[Any],
    params: dict[str, Any],
    grads: Sequence[Gradient | None],
    needs: Sequence[bool],
) -> list[Gradient | None]:
    """The gradients of ``definition(*inputs)`` as Tensors with a graph: a fused kernel's derivative under create_graph.

    The definition is run again on the saved inputs, and only its own small graph is walked: the inputs' edges are the
    targets, and nothing beyond them runs.
    """
    before, mode.grad = mode.grad, True
    try:
        # Fresh aliases, so that an input used twice, or one that depends on another, is told apart.
        aliases = [_alias(x) if need else x for x, need in zip(inputs, needs, strict=True)]
        results = definition(*aliases, **params)
        results = results if isinstance(results, (tuple, list)) else (results,)
        roots = [(t._edge, g) for t, g in zip(results, grads) if g is not None and t._edge is not None]
        targets: list[Any] = [t._edge for t, need in zip(aliases, needs, strict=True) if need]
        mode.grad = before
        captured = run(roots, keep_graph=True, lifted=True, targets=targets, accumulate=False, boundary=True)
    finally:
        mode.grad = before
    return [captured.get(t._edge) if need and t._edge else None for t, need in zip(aliases, needs, strict=True)]


class _Alias(Node):
    """Stands for an input of a definition: passes a gradient on unchanged."""

    __slots__ = ()

    def __init__(self, edge: Edge, meta: Meta) -> None:
        self.edges = (edge,)
        self.meta = meta
        self.hooks = None
        self.order = next_order()

    def backward(self, g: Any, lifted: bool) -> Sequence[Gradient | None]:
        return (g,)


def _alias(x: Tensor) -> Tensor:
    out = wrap(x.array)
    out._counter = x._counter
    assert x._edge is not None
    out._edge = (_Alias(x._edge, (x.array.shape, x.array.dtype)), 0)
    out._requires_grad = True
    return out
