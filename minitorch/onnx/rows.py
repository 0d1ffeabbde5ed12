"""The table from rows of the derivative tables to ONNX: products, reductions and shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.onnx.trace import Tracing, lowers_rows
from minitorch.ops import (
    concatenation,
    cumulative,
    diagonals,
    einsum,
    extremes,
    indexing,
    linalg,
    moments,
    normalisation,
    rearranging,
    reductions,
    shapes,
)

Inputs = Sequence[Any]

# --- Products ---------------------------------------------------------------------------------------------------------


@lowers_rows(linalg.matmul_2d, linalg.matmul_batched, linalg.dot_1d, linalg.matvec)
def _matmul(t: Tracing, inputs: Inputs) -> str:
    return t.graph.node("MatMul", *map(t.name, inputs))


@lowers_rows(linalg.linear)
def _linear(t: Tracing, inputs: Inputs) -> str:
    x, w, b = inputs
    bias = t.name(b) if b is not None else ""
    if x.array.ndim == 2 and w.array.ndim == 2:
        return t.graph.node("Gemm", t.name(x), t.name(w), bias, transB=1)
    product = t.graph.node("MatMul", t.name(x), t.graph.node("Transpose", t.name(w)))
    return t.graph.node("Add", product, bias) if bias else product


@lowers_rows(einsum.contraction)
def _einsum(t: Tracing, inputs: Inputs, labels: Sequence[str], into: str) -> str:
    dtype = t.result.array.dtype
    return t.graph.node("Einsum", *(t.operand(x, dtype) for x in inputs), equation=f"{','.join(labels)}->{into}")


# --- Reductions -------------------------------------------------------------------------------------------------------


def _reduced(t: Tracing, op: str, x: str, axis: Any, keepdims: bool) -> str:
    axes = () if axis is None else (t.graph.ints([axis] if isinstance(axis, int) else axis),)
    return t.graph.node(op, x, *axes, keepdims=int(keepdims))


@lowers_rows(reductions.sum_all, reductions.sum_dims)
def _sum(t: Tracing, inputs: Inputs, axis: Any = None, keepdims: bool = False) -> str:
    return _reduced(t, "ReduceSum", t.name(inputs[0]), axis, keepdims)


@lowers_rows(reductions.mean_all, reductions.mean_dims)
def _mean(t: Tracing, inputs: Inputs, axis: Any = None, keepdims: bool = False) -> str:
    return _reduced(t, "ReduceMean", t.name(inputs[0]), axis, keepdims)


@lowers_rows(extremes.extreme)
def _extreme(t: Tracing, inputs: Inputs, axis: Any, keepdims: bool, smallest: bool) -> str:
    return _reduced(t, "ReduceMin" if smallest else "ReduceMax", t.name(inputs[0]), axis, keepdims)


@lowers_rows(extremes.pick)
def _pick(t: Tracing, inputs: Inputs, axis: int, smallest: bool, keepdims: bool = False) -> list[str]:
    op, x = "Min" if smallest else "Max", t.name(inputs[0])
    found = t.graph.node(f"Arg{op}", x, axis=axis, keepdims=int(keepdims))
    return [_reduced(t, f"Reduce{op}", x, axis, keepdims), found]


@lowers_rows(reductions.logsumexp_dims)
def _logsumexp(t: Tracing, inputs: Inputs, axis: Any, keepdims: bool) -> str:
    return _reduced(t, "ReduceLogSumExp", t.name(inputs[0]), axis, keepdims)


@lowers_rows(reductions.norm_2)
def _norm_2(t: Tracing, inputs: Inputs, axis: Any, keepdims: bool) -> str:
    return _reduced(t, "ReduceL2", t.name(inputs[0]), axis, keepdims)


@lowers_rows(reductions.product)
def _product(t: Tracing, inputs: Inputs, axis: Any, keepdims: bool) -> str:
    return _reduced(t, "ReduceProd", t.operand(inputs[0], t.result.array.dtype), axis, keepdims)


@lowers_rows(moments.variance)
def _variance(t: Tracing, inputs: Inputs, axis: Any, keepdims: bool, correction: float) -> str:
    g, (x,) = t.graph, inputs
    centred = g.node("Sub", t.name(x), _reduced(t, "ReduceMean", t.name(x), axis, True))
    every = range(x.array.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    count = math.prod(x.array.shape[k] for k in every)
    squares = _reduced(t, "ReduceSum", g.node("Mul", centred, centred), axis, keepdims)
    return g.node("Div", squares, g.constant(count - correction, x.array.dtype))


@lowers_rows(moments.deviation)
def _deviation(t: Tracing, inputs: Inputs, **settings: Any) -> str:
    return t.graph.node("Sqrt", _variance(t, inputs, **settings))


@lowers_rows(cumulative.running_sum)
def _cumsum(t: Tracing, inputs: Inputs, axis: int) -> str:
    return t.graph.node("CumSum", t.name(inputs[0]), t.graph.constant(axis, np.int64))


@lowers_rows(normalisation.softmax_dim)
def _softmax(t: Tracing, inputs: Inputs, axis: int) -> str:
    return t.graph.node("Softmax", t.operand(inputs[0], t.result.array.dtype), axis=axis)


@lowers_rows(normalisation.log_softmax_dim)
def _log_softmax(t: Tracing, inputs: Inputs, axis: int) -> str:
    return t.graph.node("LogSoftmax", t.operand(inputs[0], t.result.array.dtype), axis=axis)


# --- Shapes -----------------------------------------------------------------------------------------------------------


@lowers_rows(shapes.reshape_to)
def _reshape(t: Tracing, inputs: Inputs, shape: Sequence[int]) -> str:
    return t.graph.node("Reshape", t.name(inputs[0]), t.graph.shape(t.result.array.shape))


@lowers_rows(shapes.permute_axes)
def _permute(t: Tracing, inputs: Inputs, axes: Sequence[int]) -> str:
    return t.graph.node("Transpose", t.name(inputs[0]), perm=[t.axis(inputs[0], k) for k in axes])


@lowers_rows(shapes.swap_axes)
def _swap(t: Tracing, inputs: Inputs, a: int, b: int) -> str:
    order = list(range(inputs[0].array.ndim))
    order[a], order[b] = order[b], order[a]
    return t.graph.node("Transpose", t.name(inputs[0]), perm=order)


@lowers_rows(shapes.spread)
def _expand(t: Tracing, inputs: Inputs, shape: Sequence[int]) -> str:
    given, wanted = inputs[0].array.shape, t.result.array.shape
    given = (1,) * (len(wanted) - len(given)) + given
    return t.graph.node("Expand", t.name(inputs[0]), t.graph.shape([1 if m == n else n for m, n in zip(given, wanted)]))


def _as_list(axis: Any) -> list[int]:
    return [axis] if isinstance(axis, int) else list(axis)


@lowers_rows(shapes.insert_axes)
def _unsqueeze(t: Tracing, inputs: Inputs, axis: Any) -> str:
    return t.graph.node("Unsqueeze", t.name(inputs[0]), t.graph.ints(_as_list(axis)))


@lowers_rows(shapes.drop_axes)
def _squeeze(t: Tracing, inputs: Inputs, axis: Any) -> str:
    return t.graph.node("Squeeze", t.name(inputs[0]), t.graph.ints(_as_list(axis))) if axis != () else t.name(inputs[0])


@lowers_rows(concatenation.join)
def _cat(t: Tracing, inputs: Inputs, axis: int) -> str:
    dtype = t.result.array.dtype
    return t.graph.node("Concat", *(t.operand(x, dtype) for x in inputs), axis=axis)


@lowers_rows(concatenation.pile)
def _stack(t: Tracing, inputs: Inputs, axis: int) -> str:
    g, dtype = t.graph, t.result.array.dtype
    axis = axis % t.result.array.ndim
    return g.node("Concat", *(g.node("Unsqueeze", t.operand(x, dtype), g.ints([axis])) for x in inputs), axis=axis)


@lowers_rows(concatenation.pieces)
def _split(t: Tracing, inputs: Inputs, lengths: Sequence[int], axis: int) -> list[str]:
    return t.graph.several("Split", len(lengths), t.name(inputs[0]), t.graph.ints(lengths), axis=axis)


@lowers_rows(concatenation.layers)
def _unbind(t: Tracing, inputs: Inputs, axis: int) -> list[str]:
    g, n = t.graph, inputs[0].array.shape[axis]
    parts = g.several("Split", n, t.name(inputs[0]), g.ints([1] * n), axis=axis)
    return [g.node("Squeeze", part, g.ints([axis])) for part in parts]


@lowers_rows(diagonals.upper)
def _upper(t: Tracing, inputs: Inputs, k: int) -> str:
    return t.graph.node("Trilu", t.name(inputs[0]), t.graph.constant(k, np.int64), upper=1)


@lowers_rows(diagonals.lower)
def _lower(t: Tracing, inputs: Inputs, k: int) -> str:
    return t.graph.node("Trilu", t.name(inputs[0]), t.graph.constant(k, np.int64), upper=0)


@lowers_rows(rearranging.reverse)
def _flip(t: Tracing, inputs: Inputs, axes: Any) -> str:
    dims = _as_list(axes)
    back, end = [-1] * len(dims), [-(2**63) + 1] * len(dims)
    return _sliced(t, t.name(inputs[0]), back, end, dims, back) if dims else t.name(inputs[0])


def _sliced(
    t: Tracing, x: str, starts: Sequence[int], ends: Sequence[int], axes: Sequence[int], steps: Sequence[int]
) -> str:
    return t.graph.node("Slice", x, *map(t.graph.ints, (starts, ends, axes, steps)))


@lowers_rows(indexing.take)
def _take(t: Tracing, inputs: Inputs, index: Any) -> str:
    """Ints, slices, None and ``...``: one Slice, then the dims of ints dropped, then new ones put in."""
    g, x, ndim = t.graph, t.name(inputs[0]), inputs[0].array.ndim
    parts = list(index) if isinstance(index, tuple) else [index]
    missing = ndim - sum(part is not None and part is not Ellipsis for part in parts)
    if Ellipsis in parts:
        k = parts.index(Ellipsis)
        parts[k : k + 1] = [slice(None)] * missing
    cuts: list[tuple[int, int, int, int]] = []
    drops, adds, axis, out = [], [], 0, 0
    for part in parts:
        if part is None:
            adds.append(out)
            out += 1
            continue
        if isinstance(part, int):
            cuts.append((part, part + 1 if part != -1 else _END, axis, 1))
            drops.append(axis)
        else:
            if part != slice(None):
                cuts.append((part.start or 0, _END if part.stop is None else part.stop, axis, part.step or 1))
            out += 1
        axis += 1
    x = _sliced(t, x, *zip(*cuts)) if cuts else x
    x = g.node("Squeeze", x, g.ints(drops)) if drops else x
    return g.node("Unsqueeze", x, g.ints(adds)) if adds else x


_END = 2**63 - 1
