"""The engine: walks the graph from its results back to its leaves, newest node first, without recursion.

One loop serves ``backward`` and ``grad``, plain and under ``create_graph``. Gradients wait in a table, one entry a
node, until every user of the node's results has been visited, which the order of creation guarantees (graph.py).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from heapq import heappop, heappush, heappushpop
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
from minitorch.core.ways import below, on_the_way, unwanted_inputs


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
    needed = None if targets is None else on_the_way([edge for edge, _ in roots], targets, boundary)
    wanted: dict[Node, list[int]] = {}
    for node, number in targets or ():
        wanted.setdefault(node, []).append(number)
    captured: dict[Edge, Gradient] = {}
    waiting: dict[Node, Any] = {}  # the gradient of each node's result; a list of them where it has several
    heap: list[tuple[int, Node]] = []

    for (node, number), g in roots:
        if needed is None or node in needed:
            _arrive(node, number, g, waiting, heap)

    this, outer = Pass(roots, needed), running.now
    running.now = this
    if watchers:
        tell("began", roots, keep_graph, lifted, accumulate)
    ahead: Node | None = None  # has a gradient waiting as those in the heap have; mostly it is the next, and spares it
    watched = close_watchers
    try:
        while heap or ahead is not None:
            if ahead is None:
                node = heappop(heap)[1]
            elif heap and heap[0][0] < ahead.order:
                node = heappushpop(heap, (ahead.order, ahead))[1]
            else:
                node = ahead
            ahead = None
            g = waiting.pop(node)
            hooks = node.hooks
            if hooks is not None:
                g = run_result_hooks(node, g)
            if wanted and node in wanted:
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
            if watched:
                runs(node)
            if needed is None or not isinstance(node, RowNode):
                found = node.backward(g, lifted)
            else:  # gradients that lead to no target need not be computed
                found = node.backward(g, lifted, unwanted_inputs(node, needed))
            if hooks is not None and hooks.after:
                found = run_posthooks(node, found, g)
            if watched:
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
                    array = g.array if lifted and g.__class__ is Tensor else g
                    if array.shape != shape or array.dtype is not dtype:
                        g = fit(g, shape, dtype)
                    if user in waiting:
                        waiting[user] = waiting[user] + g
                        continue
                    waiting[user] = g
                    if ahead is None:
                        ahead = user
                    elif user.order < ahead.order:
                        heappush(heap, (ahead.order, ahead))
                        ahead = user
                    else:
                        heappush(heap, (user.order, user))
                else:
                    number = edge[1]
                    g = fit(g, meta[2 * number], meta[2 * number + 1])
                    _arrive(user, number, g, waiting, heap)
            found, array = (), None  # let go of what a leaf may take for its own
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


def _arrive(node: Node, number: int, g: Gradient, waiting: dict[Node, Any], heap: list[tuple[int, Node]]) -> None:
    """Adds a gradient of a node's result to what other users of the same value have sent."""
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
    elif (
        g.dtype is dtype and g.ndim == len(shape) + 1 and g.shape[1:] == shape
    ):  # one dimension too many, as a bias has it
        return np.add.reduce(g, 0)
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
                g = _spread(g, shape)
    if isinstance(g, Tensor):
        if g.array.dtype != dtype:
            g = g.real if _drops_imaginary(g.array.dtype, dtype) else g
            g = g.to(dtypes.of(dtype))
        return g
    if g.dtype != dtype:
        g = g.real if _drops_imaginary(g.dtype, dtype) else g
        return g.astype(dtype)
    return g


def _spread(g: Gradient, shape: tuple[int, ...]) -> Gradient:
    """``np.broadcast_to``; of one number, as the gradient of a sum is, directly, in a fifth of the time."""
    if not (type(g) is ndarray or isinstance(g, np.generic)) or g.size != 1:
        return np.broadcast_to(g, shape)
    spread: Gradient = ndarray(shape, g.dtype, np.asarray(g), 0, (0,) * len(shape))
    spread.flags.writeable = False
    return spread


def _on_levels(g: Gradient, dtype: Any) -> Gradient:
    """A gradient on the same levels of vmap as its input, whose dtype tells them."""
    if type(g.array if isinstance(g, Tensor) else g) is not BatchedArray and type(dtype) is not BatchedDType:
        return g
    from minitorch.core.batched_rows import fit_levels

    return fit_levels(g, dtype)


def _drops_imaginary(have: np.dtype[Any], want: np.dtype[Any]) -> bool:
    """A real input of a complex operation: its gradient is the real part, by PyTorch's convention."""
    return have.kind == "c" and want.kind != "c"
