"""Attention: ``scaled_dot_product_attention`` (Vaswani et al. 2017)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.functional_dropout import dropout
from minitorch.ops.attention import attend, attention_weights


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(Q Kᵀ · scale + mask) V (Vaswani et al. 2017): (*, L, E), (*, S, E), (*, S, V) to (*, L, V).

    Args:
        query, key, value: batch dimensions broadcast.
        attn_mask: broadcasts to (*, L, S): bools that are True where a query may look, or numbers that are added.
        dropout_p: the probability with which a weight is dropped, always: pass 0.0 when evaluating.
        is_causal: query i sees only the keys up to i.
        scale: 1/√E if None.
        enable_gqa: each head (dimension -3) of key and value serves several heads of the query in turn.

    A query that may look nowhere gets zeros.

    Raises:
        RuntimeError: shapes or dtypes that do not fit, a mask beside ``is_causal``, a probability outside of [0, 1].

    >>> import minitorch as torch
    >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> torch.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)
    tensor([[1.0000, 0.0000],
            [0.3302, 0.6698]])
    """
    _check_attention(query, key, value, attn_mask, is_causal)
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    if enable_gqa:
        key, value = _shared_heads(query, key, value)
    shapes = query.array.shape, key.array.shape, value.array.shape
    scale = 1 / math.sqrt(max(shapes[0][-1], 1)) if scale is None else scale
    if is_causal:
        mask: Tensor | None = wrap(_causal(shapes[0][-2], shapes[1][-2], query.array.dtype))
    else:
        mask = None if attn_mask is None else _added(attn_mask, query)
    if not dropout_p and _fits(*shapes, None if mask is None else mask.array.shape):
        return attend(query, key, value, mask, scale=scale)
    scores = (query * scale) @ key.mT
    if mask is not None and (scores + mask).shape != scores.shape:
        raise RuntimeError(
            f"output with shape {list(scores.shape)} doesn't match the broadcast shape {list((scores + mask).shape)}: "
            f"attn_mask has too many dimensions, {list(mask.shape)}"
        )
    weights = attention_weights(scores, mask)
    return (dropout(weights.contiguous(), dropout_p) if dropout_p else weights) @ value


@lru_cache(maxsize=64)
def _fits(query: Any, key: Any, value: Any, mask: Any) -> bool:
    """Whether the shapes go together; if not, the operations that attention is made of say what is wrong."""
    try:
        batch = np.broadcast_shapes(query[:-2], key[:-2], value[:-2])
        scores = (*np.broadcast_shapes(query[:-2], key[:-2]), query[-2], key[-2])
        masked = scores if mask is None else np.broadcast_shapes(scores, mask)
    except ValueError:
        return False
    return query[-1] == key[-1] and key[-2] == value[-2] and masked == scores and batch is not None


@lru_cache(maxsize=16)
def _causal(length: int, sources: int, dtype: Any) -> Any:
    """-∞ at keys that come after the query, else 0."""
    return np.where(np.tri(length, sources, dtype=np.bool_), 0, -math.inf).astype(dtype)


def _check_attention(query: Any, key: Any, value: Any, mask: Any, is_causal: bool) -> None:
    who = "scaled_dot_product_attention()"
    for position, (name, x) in enumerate((("query", query), ("key", key), ("value", value)), 1):
        if not isinstance(x, Tensor):
            raise TypeError(f"{who}: argument '{name}' (position {position}) must be Tensor, not {type(x).__name__}")
    if mask is not None and not isinstance(mask, Tensor):
        raise TypeError(f"{who}: argument 'attn_mask' must be Tensor, not {type(mask).__name__}")
    arrays = query.array, key.array, value.array
    if not arrays[0].dtype == arrays[1].dtype == arrays[2].dtype:
        raise RuntimeError(
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {query.dtype} key.dtype: "
            f"{key.dtype} and value.dtype: {value.dtype} instead."
        )
    if min([x.ndim for x in arrays]) < 2:
        raise RuntimeError(
            f"Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {query.dim()} "
            f"key.dim: {key.dim()} and value.dim: {value.dim()} instead."
        )
    if arrays[0].dtype.kind != "f":
        raise RuntimeError(f"expected query, key and value to hold floating numbers, but got {query.dtype}")
    if mask is None:
        return
    if is_causal:
        raise RuntimeError(
            "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True: make the mask "
            "causal, or leave it out"
        )
    if mask.array.dtype not in (np.bool_, np.float32, query.array.dtype):
        raise RuntimeError(
            f"Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{mask.dtype} and  query.dtype: {query.dtype} instead."
        )


def _added(mask: Tensor, query: Tensor) -> Tensor:
    """The mask as numbers to add: bools are 0 where True and -∞ elsewhere."""
    if mask.array.dtype != np.bool_:
        return mask.to(query.dtype)
    return wrap(np.where(mask.array, 0.0, -math.inf).astype(query.array.dtype))


def _shared_heads(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    """Key and value with a head for each of the query's: every head again and again (Ainslie et al. 2023)."""
    heads = query.size(-3), key.size(-3), value.size(-3)
    if any(n == 0 or heads[0] % n for n in heads[1:]):
        raise RuntimeError(
            "Number of heads in key and value must divide the number of heads in query, but got heads "
            f"(query, key, value): {heads}"
        )
    repeated = [x if n == heads[0] else x.repeat_interleave(heads[0] // n, -3) for x, n in zip((key, value), heads[1:])]
    return repeated[0], repeated[1]
