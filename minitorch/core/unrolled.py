"""The commonest kinds of operation, with the general path of dispatch.py unrolled: of one input or two and nothing
else, and of a fixed number of tensors with one result.

No list is built, and what an elementwise row saves is known beforehand: half the time of the general path on small
tensors.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from minitorch.core.batched_fallback import by_sample
from minitorch.core.batched_levels import Unbatchable
from minitorch.core.dispatch import apply, mark_view, mismatch
from minitorch.core.graph import Edge, edge_of, next_order, sink
from minitorch.core.mode import mode
from minitorch.core.plan import Plan
from minitorch.core.promotion import SCALARS, operand, promote, promote_float, same
from minitorch.core.row import Op, Row
from minitorch.core.row_node import RowNode, record_node
from minitorch.core.saved import ALWAYS, Saved
from minitorch.core.tensor import Tensor, _new, ndarray, wrap
from minitorch.core.views import shares_memory
from minitorch.core.watch import close_watchers, made

_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)

_SCALAR: dict[Any, Op] = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.true_divide: operator.truediv
}  # fmt: skip
_NOTHING, _FIRST, _SECOND, _BOTH, _RESULT, _OTHER = range(6)
_NONE: dict[str, Any] = {}
_NOTHING_KEPT: Sequence[Any] = ()
_TRUE, _FALSE, _NO_EDGE = (True,), (False,), (None,)


def _kind(plan: Plan) -> int:
    """What a plan saves, where it is one of the usual things."""
    usual: dict[tuple[int | None, ...], int] = {
        (): _NOTHING,
        (0,): _FIRST,
        (1,): _SECOND,
        (0, 1): _BOTH,
        (~0,): _RESULT,
    }
    return usual.get(tuple(plan.sources), _OTHER)


def _recorded(
    z: Any, counter: list[int], kind: type[RowNode], plan: Plan, edges: tuple[Edge | None, ...], saved: Saved
) -> Tensor:
    """The result of an operation with the node that recorded it: ``wrap`` and ``record_node`` in one."""
    node: RowNode = _new(kind)
    node.plan = plan
    node.edges = edges
    node.saved = saved
    node.meta = (z.shape, z.dtype)
    node.hooks = None
    node.order = next_order()
    if close_watchers:
        made(node)
    t: Tensor = _new(Tensor)
    t.array = z
    t._counter = counter
    t._edge = (node, 0)
    t._grad = t._hooks = t._sink = t._view = None
    t._requires_grad = True
    return t


def _saved(plan: Plan, inputs: Sequence[Any], arrays: Sequence[Any], z: Any, counter: list[int]) -> Saved:
    """What a plan saves that saves something unusual."""
    out = wrap(z)
    out._counter = counter
    return plan.save(inputs, arrays, _NONE, (out,), ())


def unary(row: Row) -> Any:
    """An elementwise operation of one input: one call, one node."""
    forward, prepare = row.forward, row.prepare
    check = prepare is promote_float
    differentiable = any(row.rules.values())
    ufunc = isinstance(forward, np.ufunc)
    record: tuple[Plan, int, type[RowNode]] | None = None  # the plan, what it saves, the class of the nodes

    def op(a: Any) -> Any:
        nonlocal record
        if not isinstance(a, Tensor):
            return forward(*prepare([a]))
        x = a.array
        if check and not ((d := x.dtype) is _F32 or d is _F64):
            (x,) = prepare([x])
        if ufunc and x.__class__ is ndarray and not x.ndim:  # NumPy is twice as fast on its scalars as on 0-d arrays
            x = x[()]
        try:
            z = forward(x)
        except Unbatchable:
            z = by_sample(forward, x)
        if a._view is not None:
            a._view.refresh(a)
        if not (a._requires_grad and differentiable and mode.grad):
            return wrap(z)
        if record is None:
            record = row.plan((True,)), _kind(row.plan((True,))), row.node_class()
        plan, kind, node_class = record
        value, counter = z, [0]
        if z.__class__ is not ndarray:
            z = np.asarray(z)
        if kind == _RESULT:
            saved: Saved = (value if z.ndim or value is not z else z[()], counter, 0)
        elif kind == _FIRST:
            saved = (x if x.ndim else x[()], a._counter, a._counter[0])
        else:
            saved = _saved(plan, (a,), (x,), z, counter) if kind else ()
        return _recorded(z, counter, node_class, plan, ((a._edge or sink(a)),), saved)

    return op


def binary(row: Row) -> Any:
    """An operation of two inputs: one call, one node."""
    forward, prepare = row.forward, row.prepare
    check = prepare is not promote
    on_scalars = _SCALAR.get(forward)
    differentiable = any(row.rules.values())
    # By which of the inputs need a gradient, counted as 1 and 2: the plan, what it saves, the class of its nodes.
    records: list[tuple[Plan, int, type[RowNode]] | None] = [None] * 4

    def op(a: Any, b: Any) -> Any:
        x: Any
        y: Any
        if isinstance(a, Tensor):
            x, counter_a = a.array, a._counter
            need = 1 if a._requires_grad or a._view is not None else 0
            if isinstance(b, Tensor):
                y, counter_b = b.array, b._counter
                if (d := x.dtype) is not y.dtype or (check and not (d is _F32 or d is _F64)):
                    x, y = prepare((x, y))
                if b._requires_grad or b._view is not None:
                    need += 2
            else:
                y, counter_b = b if b.__class__ in SCALARS else operand(b), ALWAYS
                if not ((d := x.dtype) is _F32 or d is _F64) or y.__class__ not in SCALARS:
                    x, y = prepare((x, y))
        elif isinstance(b, Tensor):
            x, counter_a, y, counter_b = operand(a), ALWAYS, b.array, b._counter
            if not ((d := y.dtype) is _F32 or d is _F64) or x.__class__ not in SCALARS:
                x, y = prepare((x, y))
            need = 2 if b._requires_grad or b._view is not None else 0
        else:
            return forward(*prepare((a, b)))
        if x.__class__ is ndarray and not x.ndim:  # NumPy computes on its scalars ten times faster than on 0-d arrays
            x = x[()]
        if y.__class__ is ndarray and not y.ndim:
            y = y[()]
        try:
            z = forward(x, y) if on_scalars is None else on_scalars(x, y)
        except ValueError as error:
            raise mismatch(x, y, error) from None
        except Unbatchable:
            z = by_sample(forward, x, y)
        if not (need and differentiable and mode.grad):
            return wrap(z)
        edge_a = edge_b = None
        if need & 1:
            edge_a = edge_of(a) if a._view is not None else a._edge or sink(a)
        if need & 2:
            edge_b = edge_of(b) if b._view is not None else b._edge or sink(b)
        which = (edge_a is not None) + 2 * (edge_b is not None)
        record = records[which]
        if record is None:
            plan = row.plan((bool(which & 1), which >= 2))
            record = records[which] = plan, _kind(plan), row.node_class()
        plan, kind, node_class = record
        if not plan.rules:
            return wrap(z)
        counter = [0]
        if z.__class__ is not ndarray:
            z = np.asarray(z)
        if kind == _NOTHING:
            saved: Saved = ()
        elif kind == _BOTH:
            saved = (x, counter_a, counter_a[0], y, counter_b, counter_b[0])
        elif kind == _SECOND:
            saved = (y, counter_b, counter_b[0])
        elif kind == _FIRST:
            saved = (x, counter_a, counter_a[0])
        else:
            saved = _saved(plan, (a, b), (x, y), z, counter)
        return _recorded(z, counter, node_class, plan, (edge_a, edge_b), saved)

    return op


def fixed(row: Row) -> Any:
    """An operation of a fixed number of tensors with one result, and with parameters: a layer, a sum, a view."""
    forward, as_they_are, residuals, view, plans = (
        row.forward, row.prepare is same, bool(row.residuals), row.view, row.plans
    )  # fmt: skip
    differentiable = any(row.rules.values()) or row.joint is not None
    count = len(row.inputs)

    def op(*inputs: Any, **params: Any) -> Any:
        if len(inputs) != count:
            return apply(row, op, inputs, params)
        tracked = False
        arrays = []
        for x in inputs:
            if not isinstance(x, Tensor):
                return apply(row, op, inputs, params)
            if x._view is not None:
                x._view.refresh(x)
            if x._requires_grad:
                tracked = True
            arrays.append(x.array)
        if not as_they_are:  # inputs of one floating dtype are what every policy makes of them
            d = arrays[0].dtype
            if not (d is _F32 or d is _F64):
                return apply(row, op, inputs, params)
            for array in arrays:
                if array.dtype is not d:
                    return apply(row, op, inputs, params)
        try:
            z = forward(*arrays, **params)
        except (ValueError, Unbatchable):
            return apply(row, op, inputs, params)  # which tells the error, or goes by the definition
        kept = _NOTHING_KEPT
        if residuals:
            z, *kept = z
        out = wrap(z)
        if view and shares_memory(z, inputs[0].array):
            mark_view(inputs[0], out, partial(op, **params))
        if not (tracked and differentiable and mode.grad):
            return out
        edges: tuple[Edge | None, ...] = ()
        needs: tuple[bool, ...] = ()
        for x in inputs:
            if x._requires_grad:
                edges += ((x._edge or sink(x)),)
                needs += _TRUE
            else:
                edges += _NO_EDGE
                needs += _FALSE
        plan = plans.get(needs) or row.plan(needs)
        z = out.array
        if not plan.rules or z.dtype.kind not in "fc":
            return out
        saved = plan.save(inputs, arrays, params, (out,), kept)
        out._edge = (record_node(row.node or row.node_class(), plan, edges, saved, (z.shape, z.dtype)), 0)
        out._requires_grad = True
        if out._view is not None:
            out._view.edge = out._view.base._edge
        return out

    return op
