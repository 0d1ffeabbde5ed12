"""Dispatch: from a call on Tensors to NumPy's function, and to a node of the graph if a gradient may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.batched_fallback import by_sample, latest
from minitorch.core.batched_levels import Unbatchable
from minitorch.core.graph import Meta, sink
from minitorch.core.mode import mode
from minitorch.core.promotion import operand, same
from minitorch.core.row import Op, Row
from minitorch.core.row_node import RowNode, record_node
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.views import INFERENCE_VIEW, NO_GRAD_VIEW, View, several_views, shares_memory


def general(row: Row) -> Any:
    """An operation with parameters, several results or a list of inputs."""

    def op(*inputs: Any, **params: Any) -> Any:
        return apply(row, op, inputs, params)

    return op


def apply(row: Row, op: Op, inputs: Sequence[Any], params: dict[str, Any]) -> Any:
    """Computes a row's forward and records it if any input requires grad: the general path."""
    tracked = False
    first: Tensor | None = None
    arrays: list[Any] = []
    for x in inputs:
        if isinstance(x, Tensor):
            if x._view is not None:
                x._view.refresh(x)
            if x._requires_grad:
                tracked = True
            if first is None:
                first = x
            arrays.append(x.array)
        else:
            arrays.append(x)
    if first is None:  # a rule on arrays
        out = row.forward(*row.prepare(inputs), **params)
        return out if not row.residuals else out[0] if len(row.outputs) == 1 else out[: len(row.outputs)]
    if row.prepare is not same:
        arrays = list(row.prepare([operand(x) for x in arrays]))
    try:
        result = row.forward(*arrays, **params)
    except ValueError as error:
        told = (mismatch(x, y, error) for x, y in combinations(arrays, 2))
        raise next((e for e in told if e is not error), error) from None
    except Unbatchable:
        if row.definition is not None and latest(arrays) is not None:  # (a recorder wants the kernel itself)
            return row.definition(*inputs, **params)
        result = by_sample(row.forward, *arrays, **params)
        if row.view:  # a copy: a write to it would not be seen by x
            raw(result).flags.writeable = False
    kept: Sequence[Any] = ()
    if row.residuals:
        n = len(row.outputs)
        result, kept = (result[0] if n == 1 else result[:n]), result[n:]
    many = row.outputs != ("out",)
    outs = [wrap(a) for a in result] if many else [wrap(result)]
    if row.view:
        _mark_views(row, op, first, outs, params)
    if tracked and (row.rules or row.joint) and mode.grad:
        record(row, inputs, arrays, params, outs, kept)
    return tuple(outs) if many else outs[0]


def record(
    row: Row,
    inputs: Sequence[Any],
    arrays: Sequence[Any],
    params: dict[str, Any],
    outs: list[Tensor],
    kept: Sequence[Any],
) -> RowNode | None:
    """Makes the node of an operation and hangs its results on it."""
    edges = tuple([(x._edge or sink(x)) if isinstance(x, Tensor) and x._requires_grad else None for x in inputs])
    plan = row.plan(tuple([edge is not None for edge in edges]))
    if not plan.rules:
        return None
    meta: Meta = ()
    for t in outs:
        z = t.array
        meta += (z.shape, z.dtype)
    saved = plan.save(inputs, arrays, params, outs, kept)
    node = record_node(row.node or row.node_class(), plan, edges, saved, meta)
    for k, out in enumerate(outs):
        if out.array.dtype.kind in "fc":
            out._edge = (node, k)
            out._requires_grad = True
            if out._view is not None:
                out._view.edge = out._view.base._edge
    return node


def _mark_views(row: Row, op: Op, x: Tensor, outs: list[Tensor], params: dict[str, Any]) -> None:
    """Notes which results share the input's memory, and how to get there from its base."""
    several = len(outs) > 1 or row.outputs == ("*",)
    for k, out in enumerate(outs):
        if shares_memory(out.array, x.array):
            if several:
                mark_view(x, out, partial(_nth, op, k, params), several_views(k, row.backward_name))
            else:
                mark_view(x, out, partial(op, **params))


def mark_view(x: Tensor, out: Tensor, step: Callable[[Any], Any], fault: str | None = None) -> None:
    """Notes that ``out`` shares the memory of ``x`` and that ``step`` leads from there to it."""
    if out.array is x.array:
        out.array = out.array.view()
    if fault is None and not mode.grad:
        fault = INFERENCE_VIEW if mode.inference else NO_GRAD_VIEW
    parent = x._view
    if parent is None:
        out._view = View(x, (step,), fault)
    else:
        out._view = View(parent.base, (*parent.steps, step), parent.fault or fault)
    out._counter = x._counter


def _nth(op: Op, k: int, params: dict[str, Any], x: Any) -> Any:
    return op(x, **params)[k]


def mismatch(x: Any, y: Any, error: ValueError) -> Exception:
    """PyTorch's error for shapes that do not broadcast."""
    a, b = np.shape(x), np.shape(y)
    for d in range(1, min(len(a), len(b)) + 1):
        if a[-d] != b[-d] and 1 not in (a[-d], b[-d]):
            return RuntimeError(
                f"The size of tensor a ({a[-d]}) must match the size of tensor b ({b[-d]}) at non-singleton dimension "
                f"{max(len(a), len(b)) - d}: shapes {list(a)} and {list(b)} do not broadcast"
            )
    return error
