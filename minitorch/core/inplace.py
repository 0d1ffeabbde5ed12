"""In-place operations: ``x.add_(y)`` is ``x + y`` written into x's memory, and recorded as if x had become the result.

A write bumps the version counter that all tensors on the memory share, so that a backward pass which saved the old
values notices. A write to a view rewrites the history of its base: the base becomes itself with the region replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched_fallback import by_sample
from minitorch.core.batched_levels import Unbatchable
from minitorch.core.dispatch import mismatch
from minitorch.core.graph import Edge, edge_of, set_history
from minitorch.core.mode import mode
from minitorch.core.primitive import operand, primitive, record, same
from minitorch.core.tensor import Array, Tensor, wrap
from minitorch.core.views import Steps, replay
from minitorch.core.watch import tell, watchers

# --- The table --------------------------------------------------------------------------------------------------------

outside: Any = primitive(  # x with the view's region zeroed
    "CopySlices",
    lambda x, *, steps: _cleared(x, steps),
    prepare=same,
    x=lambda g, steps: outside(g, steps=steps),
)
# A base whose region, seen through a view, has become ``new``; the write has been done already.
replaced: Any = primitive(
    "CopySlices",
    lambda base, new, *, steps: base,
    prepare=same,
    base=lambda g, steps: outside(g, steps=steps),
    new=lambda g, steps: replay(steps, g),
)


def _cleared(x: Array, steps: Steps) -> Array:
    out = np.copy(x, order="C")
    region = replay(steps, out)
    if np.may_share_memory(region, out):
        region[...] = 0
    else:  # the base lay in another way, and what was a view of it is a copy of this
        out.reshape(-1)[replay(steps, np.arange(out.size).reshape(out.shape))] = 0
    return out


# --- Writing ----------------------------------------------------------------------------------------------------------


def check_writable(x: Tensor) -> None:
    """Raises where PyTorch forbids an in-place write that would be recorded or would break a recorded value."""
    if x.is_inference() and not mode.inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed. You can make a clone to get a "
            "normal tensor before doing inplace update."
        )
    if not mode.grad:
        return
    if x._view is not None:
        x._view.refresh(x)
        base, fault = x._view.base, x._view.fault
        if fault is not None and base._requires_grad:
            raise RuntimeError(fault)
        if base._requires_grad and base._edge is None:
            raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")
    if x._requires_grad and x._edge is None:
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation. Update it under no_grad(): "
            "with no_grad(): w -= lr * w.grad"
        )


def check_recordable(x: Tensor) -> None:
    """Raises where a write to a view would have to be recorded, and PyTorch has no place for it."""
    if x._view is not None and x._view.fault is not None:
        raise RuntimeError(x._view.fault)


def apply_(op: Any, x: Tensor, *others: Any, **params: Any) -> Tensor:
    """``x`` becomes ``op(x, *others, **params)`` in place, recorded if x or one of the others requires grad."""
    check_writable(x)
    row = op.row
    inputs = (x, *others)
    arrays = row.prepare([operand(t) for t in inputs])
    try:
        result = row.forward(*arrays, **params)
    except ValueError as error:
        raise mismatch(arrays[0], arrays[-1], error) from None
    except Unbatchable:
        result = by_sample(row.forward, *arrays, **params)
    if row.residuals:
        result = result[0]
    tracked = mode.grad and bool(row.rules) and any(isinstance(t, Tensor) and t.requires_grad for t in inputs)
    before: Tensor | None = None
    if tracked:
        check_recordable(x)
        before = _before(x, x.array.copy() if _saves_input(row, inputs) else x.array)
    write(x, result if isinstance(result, np.ndarray) else np.asarray(result))
    if tracked:
        assert before is not None
        after = wrap(x.array)
        after._counter = x._counter
        others = tuple(before if t is x else t for t in others)
        record(row, (before, *others), arrays, params, [after], ())
        if after._edge is not None:
            rebase(x, after._edge)
    return x


def _saves_input(row: Any, inputs: Sequence[Any]) -> bool:
    needs = tuple(isinstance(t, Tensor) and t.requires_grad for t in inputs)
    plan = row.plan(needs)
    return any(inputs[i] is inputs[0] for i in plan.inputs)


def _before(x: Tensor, array: Array) -> Tensor:
    """x as it was: the same place in the graph, with a memory of its own if its values are still needed."""
    t = wrap(array)
    t._edge, t._requires_grad = edge_of(x), x._requires_grad
    return t


def write(x: Tensor, result: Array) -> None:
    """Copies a result into x's memory and bumps its version, after PyTorch's checks on shape and dtype."""
    into = x.array
    if result.shape != into.shape:
        raise RuntimeError(
            f"output with shape {list(into.shape)} doesn't match the broadcast shape {list(result.shape)}"
        )
    if result.dtype != into.dtype and not dtypes.can_cast(dtypes.of(result.dtype), dtypes.of(into.dtype)):
        raise RuntimeError(
            f"result type {dtypes.of(result.dtype).alias} can't be cast to the desired output type "
            f"{dtypes.of(into.dtype).alias}"
        )
    if into.size and any(stride == 0 and n > 1 for stride, n in zip(into.strides, into.shape)):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )
    if not into.flags.writeable:
        raise RuntimeError(
            "the tensor is on a read-only array (from_numpy of one?): clone() it before writing in place"
        )
    np.copyto(into, result, casting="unsafe")
    x._bump()
    if watchers:
        tell("written", x)


def rebase(x: Tensor, edge: Edge) -> None:
    """Gives x the history ``edge`` after a recorded write; through a view, its base."""
    view = x._view
    if view is None:
        set_history(x, edge, True)
        return
    base = view.base
    old = _before(base, base.array)
    new = wrap(x.array)
    new._edge, new._requires_grad = edge, True
    after = wrap(base.array)
    after._counter = base._counter
    record(replaced.row, (old, new), (base.array, x.array), {"steps": view.steps}, [after], ())
    set_history(base, after._edge, True)
    view.refresh(x)


def copy_(x: Tensor, source: Any) -> Tensor:
    """Writes ``source``, spread and cast, into x (``Tensor.copy_``)."""
    return apply_(assign, x, source)


assign: Any = primitive(
    "Copy",
    lambda x, source: np.broadcast_to(source, x.shape).astype(x.dtype),
    prepare=same,
    x=lambda g: g * 0,
    source=lambda g: g,
)
