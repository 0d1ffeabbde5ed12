"""The table from functions to ONNX: layers, and what no row of the derivative tables says by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.module import Module
from minitorch.onnx.trace import FRESH, VALUES, Tracing, UnsupportedOperatorError, lowers
from minitorch.ops import conversion, creation, extremes, from_data, gathering, indexing, memory

FRESH |= {
    f.__code__
    for f in (
        creation.zeros_like, creation.ones_like, creation.empty_like, creation.full_like, creation.new_zeros,
        creation.new_ones, creation.new_empty, creation.new_full, from_data.new_tensor,
    )
}  # fmt: skip
FRESH |= {Module._call_impl.__code__, Module._call_with_hooks.__code__}
VALUES |= {
    f.__code__
    for f in (
        conversion.item, conversion.tolist, conversion.as_bool, conversion.is_nonzero, conversion.as_float,
        conversion.as_int, conversion.as_complex, conversion.as_index, conversion.numpy, conversion.as_array,
    )
}  # fmt: skip


# --- The same tensor --------------------------------------------------------------------------------------------------


@lowers(conversion.clone, memory.contiguous)
def _itself(t: Tracing, **arguments: Any) -> str:
    return t.name(next(iter(arguments.values())))


@lowers(F.dropout, F.dropout1d, F.dropout2d, F.dropout3d, F.alpha_dropout, F.feature_alpha_dropout)
def _dropout(t: Tracing, input: Tensor, p: float, training: bool, inplace: bool) -> str:
    if training and p:
        raise UnsupportedOperatorError(
            "Exporting the operator 'dropout' to ONNX is not supported in training: a module's own dropout follows "
            "eval(), a functional one its argument training"
        )
    return t.name(input)


# --- Norms ------------------------------------------------------------------------------------------------------------


def _vector(t: Tracing, x: Tensor | None, like: Tensor, size: int, value: float) -> str:
    return t.name(x) if x is not None else t.graph.constant(np.full(size, value), like.array.dtype)


@lowers(F.batch_norm)
def _batch_norm(
    t: Tracing,
    input: Tensor,
    running_mean: Any,
    running_var: Any,
    weight: Any,
    bias: Any,
    training: bool,
    momentum: float,
    eps: float,
) -> str:
    if training:
        raise UnsupportedOperatorError(
            "Exporting the operator 'batch_norm' to ONNX is not supported with the statistics of a batch: it needs "
            "running ones, and eval()"
        )
    size = input.array.shape[1]
    scale, shift = _vector(t, weight, input, size, 1), _vector(t, bias, input, size, 0)
    statistics = t.name(running_mean), t.name(running_var)
    return t.graph.node("BatchNormalization", t.name(input), scale, shift, *statistics, epsilon=float(eps))


@lowers(F.instance_norm, when=lambda use_input_stats, **_: use_input_stats)
def _instance_norm(t: Tracing, input: Tensor, weight: Any, bias: Any, eps: float, **others: Any) -> str:
    size = input.array.shape[1]
    scale, shift = _vector(t, weight, input, size, 1), _vector(t, bias, input, size, 0)
    return t.graph.node("InstanceNormalization", t.name(input), scale, shift, epsilon=float(eps))


@lowers(F.layer_norm)
def _layer_norm(t: Tracing, input: Tensor, normalized_shape: Any, weight: Any, bias: Any, eps: float) -> str:
    sizes = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    scale = t.name(weight) if weight is not None else t.graph.constant(np.ones(sizes), input.array.dtype)
    settings = {"axis": -len(sizes), "epsilon": float(eps)}
    return t.graph.node("LayerNormalization", t.name(input), scale, t.optional(bias), **settings)


@lowers(F.group_norm)
def _group_norm(t: Tracing, input: Tensor, num_groups: int, weight: Any, bias: Any, eps: float) -> str:
    """Every group is an instance's channel; then each channel's weight and bias."""
    g, x, dtype = t.graph, t.name(input), input.array.dtype
    grouped = g.node("Reshape", x, g.ints([0, num_groups, -1]))
    ones, zeros = g.constant(np.ones(num_groups), dtype), g.constant(np.zeros(num_groups), dtype)
    out = g.node(
        "Reshape", g.node("InstanceNormalization", grouped, ones, zeros, epsilon=float(eps)), g.node("Shape", x)
    )
    per_channel = g.ints([-1] + [1] * (input.array.ndim - 2))
    for op, vector in (("Mul", weight), ("Add", bias)):
        out = g.node(op, out, g.node("Reshape", t.name(vector), per_channel)) if vector is not None else out
    return out


@lowers(F.rms_norm)
def _rms_norm(t: Tracing, input: Tensor, normalized_shape: Any, weight: Any, eps: Any) -> str:
    g, x, dtype = t.graph, t.name(input), input.array.dtype
    sizes = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    small = float(np.finfo(dtype).eps) if eps is None else eps
    mean = g.node("ReduceMean", g.node("Mul", x, x), g.ints(range(-len(sizes), 0)), keepdims=1)
    out = g.node("Div", x, g.node("Sqrt", g.node("Add", mean, g.constant(small, dtype))))
    return g.node("Mul", out, t.name(weight)) if weight is not None else out


@lowers(F.local_response_norm)
def _local_response_norm(t: Tracing, input: Tensor, size: int, alpha: float, beta: float, k: float) -> str:
    if size % 2 == 0:
        raise UnsupportedOperatorError("Exporting the operator 'local_response_norm' needs an odd size")
    return t.graph.node("LRN", t.name(input), size=size, alpha=float(alpha), beta=float(beta), bias=float(k))


# --- Looking up -------------------------------------------------------------------------------------------------------


@lowers(F.embedding)
def _embedding(t: Tracing, input: Tensor, weight: Tensor, max_norm: Any = None, **others: Any) -> str:
    if max_norm is not None:
        raise UnsupportedOperatorError("Exporting the operator 'embedding' with max_norm is not supported")
    return t.graph.node("Gather", t.name(weight), t.name(input), axis=0)


def _fancy(index: Any, **_: Any) -> bool:
    parts = index if isinstance(index, (tuple, list)) else (index,)
    return any(isinstance(part, (Tensor, list, np.ndarray)) for part in parts)


@lowers(indexing.getitem, when=_fancy)
def _getitem(t: Tracing, input: Tensor, index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    *before, last = parts
    whole = all(isinstance(part, slice) and part == slice(None) for part in before)
    if not whole or not isinstance(last, Tensor) or last.array.dtype.kind not in "iu":
        raise UnsupportedOperatorError(
            "Exporting the operator 'getitem' is supported with numbers and slices, or one tensor of whole numbers"
        )
    return t.graph.node("Gather", t.name(input), t.name(last), axis=len(before))


@lowers(gathering.index_select)
def _index_select(t: Tracing, input: Tensor, dim: int, index: Tensor) -> str:
    return t.graph.node("Gather", t.name(input), t.name(index), axis=t.axis(input, dim))


@lowers(gathering.gather)
def _gather(t: Tracing, input: Tensor, dim: int, index: Tensor, sparse_grad: bool) -> str:
    return t.graph.node("GatherElements", t.name(input), t.name(index), axis=t.axis(input, dim))


def _arg(op: str) -> Any:
    def write(t: Tracing, input: Tensor, dim: int | None, keepdim: bool) -> str:
        if dim is None:
            flat = t.graph.node("Reshape", t.name(input), t.graph.ints([-1]))
            return t.graph.node(op, flat, axis=0, keepdims=0)
        return t.graph.node(op, t.name(input), axis=t.axis(input, dim), keepdims=int(keepdim))

    return write


lowers(extremes.argmax)(_arg("ArgMax"))
lowers(extremes.argmin)(_arg("ArgMin"))


# --- Attention --------------------------------------------------------------------------------------------------------


@lowers(F.scaled_dot_product_attention, when=lambda enable_gqa, **_: not enable_gqa)
def _attention(
    t: Tracing,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Any,
    dropout_p: float,
    is_causal: bool,
    scale: Any,
    enable_gqa: bool,
) -> str:
    if dropout_p:
        raise UnsupportedOperatorError("Exporting the operator 'scaled_dot_product_attention' needs dropout_p=0")
    g, dtype = t.graph, query.array.dtype
    width = 1 / math.sqrt(max(query.array.shape[-1], 1)) if scale is None else scale
    order = [*range(key.array.ndim - 2), key.array.ndim - 1, key.array.ndim - 2]
    scaled = g.node("Mul", t.name(query), g.constant(width, dtype))
    scores = g.node("MatMul", scaled, g.node("Transpose", t.name(key), perm=order))
    none = g.constant(-math.inf, dtype)
    if is_causal:  # rows and columns are counted in the graph, so that the length may vary
        below = g.node("Trilu", g.node("ConstantOfShape", g.node("Shape", scores), value=np.ones(1, np.int32)), upper=0)
        scores = g.node("Where", g.node("Cast", below, to=_BOOL), scores, none)
    elif attn_mask is not None:
        mask = t.name(attn_mask)
        if attn_mask.array.dtype == np.bool_:
            scores = g.node("Where", mask, scores, none)
        else:
            scores = g.node("Add", scores, t.cast(mask, attn_mask.array.dtype, dtype))
    weights = g.node("Softmax", scores, axis=-1)
    if attn_mask is not None:  # a query that may look nowhere gets zeros
        weights = g.node("Where", g.node("IsNaN", weights), g.constant(0, dtype), weights)
    return g.node("MatMul", weights, t.name(value))


_BOOL = 9  # TensorProto.BOOL
