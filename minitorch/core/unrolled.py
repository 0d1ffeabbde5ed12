"""The two commonest kinds of operation, one input or two and nothing else, with the general path of dispatch.py
unrolled.

No list is built, and what an elementwise row saves is known beforehand: half the time of the general path on small
tensors.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from minitorch.core.batched_fallback import by_sample
from minitorch.core.batched_levels import Unbatchable
from minitorch.core.dispatch import mismatch
from minitorch.core.graph import edge_of, sink
from minitorch.core.mode import mode
from minitorch.core.promotion import SCALARS, operand, promote_float
from minitorch.core.row import Op, Plan, Row
from minitorch.core.saved import ALWAYS, Saved
from minitorch.core.tensor import Tensor, _new, ndarray, wrap

_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)

_SCALAR: dict[Any, Op] = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.true_divide: operator.truediv
}  # fmt: skip
_NOTHING, _FIRST, _SECOND, _BOTH, _RESULT, _OTHER = range(6)
_NONE: dict[str, Any] = {}


def _kind(plan: Plan | None) -> int:
    """What a plan saves, where it is one of the usual things."""
    if plan is None:
        return _NOTHING
    usual: dict[tuple[int | None, ...], int] = {
        (): _NOTHING,
        (0,): _FIRST,
        (1,): _SECOND,
        (0, 1): _BOTH,
        (~0,): _RESULT,
    }
    return usual.get(tuple(plan.sources), _OTHER)


def _recorded(array: Any) -> Tensor:
    """The result of an operation that is about to be recorded: ``wrap`` without its questions."""
    t: Tensor = _new(Tensor)
    t.array = array
    t._counter = [0]
    t._grad = t._hooks = t._sink = t._view = None
    t._requires_grad = True
    return t


def unary(row: Row) -> Any:
    """An elementwise operation of one input: one call, one node."""
    forward, prepare = row.forward, row.prepare
    check = prepare is promote_float
    plan = row.plan((True,)) if any(row.rules.values()) else None
    kind = _kind(plan)

    def op(a: Any) -> Any:
        if not isinstance(a, Tensor):
            return forward(*prepare([a]))
        x = a.array
        if check and not ((d := x.dtype) is _F32 or d is _F64):
            (x,) = prepare([x])
        try:
            z = forward(x)
        except Unbatchable:
            z = by_sample(forward, x)
        if a._view is not None:
            a._view.refresh(a)
        if not a._requires_grad or plan is None or not mode.grad:
            return wrap(z)
        if z.__class__ is not ndarray:
            z = np.asarray(z)
        out = _recorded(z)
        if kind == _RESULT:
            saved: Saved = (z if z.ndim else z[()], out._counter, 0)
        elif kind == _FIRST:
            counter = a._counter
            saved = (x if x.ndim else x[()], counter, counter[0])
        else:
            saved = plan.save((a,), (x,), _NONE, (out,), ()) if kind else ()
        out._edge = ((row.node or row.node_class())(plan, (a._edge or sink(a),), saved, (z.shape, z.dtype)), 0)
        return out

    return op


def binary(row: Row) -> Any:
    """An operation of two inputs: one call, one node."""
    forward, prepare = row.forward, row.prepare
    check = prepare is promote_float
    on_scalars = _SCALAR.get(forward)
    differentiable = any(row.rules.values())
    plans: list[Any] = [
        None, *(row.plan(needs) if differentiable else None for needs in ((True, False), (False, True), (True, True)))
    ]  # fmt: skip
    plans = [plan if plan is not None and plan.rules else None for plan in plans]
    kinds = [_kind(plan) for plan in plans]

    def op(a: Any, b: Any) -> Any:
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
                y, counter_b = operand(b), ALWAYS
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
        plan = plans[which]
        if plan is None:
            return wrap(z)
        if z.__class__ is not ndarray:
            z = np.asarray(z)
        out = _recorded(z)
        kind = kinds[which]
        if kind == _NOTHING:
            saved: Saved = ()
        elif kind == _BOTH:
            saved = (x, counter_a, counter_a[0], y, counter_b, counter_b[0])
        elif kind == _SECOND:
            saved = (y, counter_b, counter_b[0])
        elif kind == _FIRST:
            saved = (x, counter_a, counter_a[0])
        else:
            saved = plan.save((a, b), (x, y), _NONE, (out,), ())
        out._edge = ((row.node or row.node_class())(plan, (edge_a, edge_b), saved, (z.shape, z.dtype)), 0)
        return out

    return op
