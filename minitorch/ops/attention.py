"""Attention: softmax(q kᵀ · scale + mask) v in one step (Vaswani et al. 2017), with a backward that forms no softmax.

The exponentials e and the reciprocals of their rows' sums are kept as they are, and the gradient of the scores is
e (g vᵀ - g · out), as in FlashAttention (Dao et al. 2022): that sum is over v's columns, of which there are fewer.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor
from minitorch.ops.arithmetic import where
from minitorch.ops.normalisation import softmax_dim

# --- The table --------------------------------------------------------------------------------------------------------

attend = primitive(  # mask: numbers to add, or None
    "ScaledDotProductFlashAttentionForCpu",
    lambda q, k, v, mask, *, scale: _attend(q, k, v, mask, scale),
    prepare=same,
    residuals=("e", "inverse"),
    definition=lambda q, k, v, mask, *, scale: attention_weights((q * scale) @ k.mT, mask) @ v,
    joint=lambda g, q, k, v, mask, out, e, inverse, scale: _attend_backward(g, q, k, v, mask, out, e, inverse, scale),
)

# --- The definition ---------------------------------------------------------------------------------------------------


def attention_weights(scores: Tensor, mask: Tensor | None) -> Tensor:
    """softmax(scores + mask) along the last dimension; a query that may look nowhere has weights of zero."""
    if mask is None:
        return softmax_dim(scores, axis=-1)
    scores = scores + mask
    nowhere = (scores == -math.inf).all(-1, keepdim=True)
    return where(nowhere, 0.0, softmax_dim(where(nowhere, 0.0, scores), axis=-1))


# --- The kernel -------------------------------------------------------------------------------------------------------

_ones = lru_cache(maxsize=16)(np.ones)
# Without the largest of a row taken off, exponentials of scores up to HIGHEST do not overflow, and rows whose sum is
# LEAST or more have lost nothing that counts.
HIGHEST, LEAST = 60.0, 1e-26


def _attend(q: Any, k: Any, v: Any, mask: Any, scale: float) -> tuple[Any, Any, Any]:
    s = (q * scale) @ k.mT
    if mask is not None:
        s += mask
    e, total = _exponentials(s)
    if mask is not None and not total.all():
        inverse = np.divide(1, total, out=np.zeros_like(total), where=total != 0)
    else:
        inverse = 1 / total
    out = e @ v
    out *= inverse
    return out, e, inverse


def _exponentials(s: Any) -> tuple[Any, Any]:
    """exp(s), up to a factor for each row, and its sums along the rows."""
    if s.dtype.itemsize >= 4 and s.size and s.max() <= HIGHEST:
        e = np.exp(s)
        total = _row_sums(e)
        if total.min() >= LEAST:
            return e, total
    largest = np.max(s, axis=-1, keepdims=True, initial=-math.inf)
    s -= np.where(largest == -math.inf, 0, largest)
    np.exp(s, out=s)
    return s, _row_sums(s)


def _row_sums(x: Any) -> Any:
    n = x.shape[-1]
    return (x.reshape(-1, n) @ _ones((n, 1), x.dtype)).reshape(*x.shape[:-1], 1)


def _attend_backward(
    g: Any, q: Any, k: Any, v: Any, mask: Any, out: Any, e: Any, inverse: Any, scale: float
) -> list[Any]:
    slope = g * inverse
    ds = slope @ v.mT
    ds -= np.vecdot(slope, out)[..., None]
    ds *= e
    return [(ds @ k) * scale, ds.mT @ (q * scale), e.mT @ slope, None if mask is None else ds]
