"""The engine: walks the graph from its results back to its leaves, newest node first, without recursion.

One loop serves ``backward`` and ``grad``, plain and under ``create_graph``. Gradients wait in a table, one entry a
node, until every user of the node's results has been visited, which the order of creation guarantees (graph.py).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import BatchedArray
from minitorch.core.batched_levels import BatchedDType
from minitorch.core.graph import AccumulateGrad, Edge, Gradient, Node
from minitorch.core.node_hooks import run_posthooks, run_prehooks, run_result_hooks
from minitorch.core.row_node import RowNode
from minitorch.core.tensor import Tensor, ndarray
from minitorch.core.tensor_hooks import run_tensor_hooks
from minitorch.core.watch import close_watchers, ran, runs, tell, watchers


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
    node: Node | None = None
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

    this, outer = Pass(roots, needed), running.now
    running.now = this
    if watchers:
        tell("began", roots, keep_graph, lifted, accumulate)
    try:
        while heap:
            node = heappop(heap)[1]
            g = waiting.pop(node)
            hooks = node.hooks
            if hooks is not None:
                g = run_result_hooks(node, g)
            if node in wanted:
                _capture(node, g, wanted[node], captured, accumulate)
            if node.__class__ is AccumulateGrad:
                if accumulate and g is not None:
                    leaf_hooks = node.variable._hooks
                    if leaf_hooks is not None and leaf_hooks.before:
                        g = run_tensor_hooks(leaf_hooks.before, g)
                    if hooks is not None:
                        g = run_prehooks(node, g)
                    node.accumulate(g, lifted)
                    if hooks is not None:
                        run_posthooks(node, [], g)
                continue
            if needed is not None and not needed[node]:
                continue
            if hooks is not None and hooks.before:
                g = run_prehooks(node, g)
                if g is None and isinstance(node, RowNode):
                    continue
            if close_watchers:
                runs(node)
            found = node.backward(g, lifted)
            if hooks is not None and hooks.after:
                found = run_posthooks(node, found, g)
            if close_watchers:
                ran(node, g, found)
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
    except BaseException as error:
        if watchers and node is not None:
            tell("failed", node, error)
        raise
    finally:
        running.now = outer
        for forget in this.at_end:
            forget()
        if watchers:
            tell("ended")
    return captured


class Pass:
    """A backward pass that is running, as hooks may ask about it."""

    __slots__ = ("at_end", "needed", "number", "roots")

    def __init__(self, roots: Sequence[tuple[Edge, Gradient]], needed: dict[Node, bool] | None) -> None:
        self.roots = roots
        self.needed: Any = needed
        self.number = next_pass()
        self.at_end: list[Callable[[], None]] = []  # called when it is over

    def will_run(self, node: Node) -> bool:
        """Whether a gradient will reach that node, unless one on the way is None."""
        if self.needed is None:
            self.needed = below([edge for edge, _ in self.roots])
        return node in self.needed


class _Running(threading.local):
    """The innermost pass of each thread: a hook may start another one."""

    now: Pass | None = None


running = _Running()
next_pass = itertools.count().__next__


def current_pass() -> Pass | None:
    """The backward pass that this thread is in."""
    return running.now


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


def fit(g: Gradient, shape: tuple[int, ...], dtype: Any) -> Gradient:
    """Makes a gradient its input's: sums it down over broadcast dimensions, spreads it up, casts it.

    This one function undoes broadcasting and promotion for every rule, on arrays and on Tensors.
    """
    if type(g) is not ndarray or type(dtype) is BatchedDType:
        g = _on_levels(g, dtype)
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


def _on_levels(g: Gradient, dtype: Any) -> Gradient:
    """A gradient on the same levels of vmap as its input, whose dtype tells them."""
    if type(g.array if isinstance(g, Tensor) else g) is not BatchedArray and type(dtype) is not BatchedDType:
        return g
    from minitorch.core.batched_rows import fit_levels

    return fit_levels(g, dtype)


def _drops_imaginary(have: np.dtype[Any], want: np.dtype[Any]) -> bool:
    """A real input of a complex operation: its gradient is the real part, by PyTorch's convention."""
    return have.kind == "c" and want.kind != "c"


def _on_the_way(starts: Sequence[Edge], targets: Sequence[Edge], boundary: bool) -> dict[Node, bool]:
    """The nodes from which a target can be reached, the targets too; the value says whether the node itself runs."""
    goal = {node for node, _ in targets}
    oldest = max(node.order for node in goal) if goal else 0  # what is older than every target leads to none
    seen: set[Node] = set()
    stack = [node for node, _ in starts]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            if boundary and node in goal:
                continue
            stack += [e[0] for e in node.edges if e is not None and e[0].order <= oldest and e[0] not in seen]
    needed: dict[Node, bool] = {}
    for node in sorted(seen, key=lambda n: -n.order):  # inputs before their users
        runs = any(edge is not None and edge[0] in needed for edge in node.edges)
        if runs or node in goal:
            needed[node] = runs
    return needed


def below(starts: Sequence[Edge]) -> set[Node]:
    """The nodes that can be reached from some."""
    seen: set[Node] = set()
    stack = [node for node, _ in starts]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack += [edge[0] for edge in node.edges if edge is not None and edge[0] not in seen]
    return seen
