"""Attention: softmax(q kᵀ · scale + mask) v in one step (Vaswani et al. 2017), with a backward that forms no softmax.

The exponentials e and the reciprocals of their rows' sums are kept as they are. Since rows of v and of gradients are
shorter than e's, it is these that are divided by the sums.
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
    joint=lambda g, q, k, v, mask, e, inverse, scale: _attend_backward(g, q, k, v, mask, e, inverse, scale),
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
# Where the sums of all rows are between these, the exponentials have neither overflown nor lost anything that counts,
# and the largest score of a row, which costs two passes, need not be taken off first.
LEAST, MOST = 1e-26, 1e26


def _attend(q: Any, k: Any, v: Any, mask: Any, scale: float) -> tuple[Any, Any, Any]:
    e = _scores(q, k, mask, scale)
    with np.errstate(over="ignore"):
        np.exp(e, out=e)
    total = _row_sums(e)
    if not e.size or e.dtype.itemsize < 4 or not (total.min() >= LEAST and total.max() <= MOST):
        e = _scores(q, k, mask, scale)
        largest = np.max(e, axis=-1, keepdims=True, initial=-math.inf)
        e -= np.where(largest == -math.inf, 0, largest)
        np.exp(e, out=e)
        total = _row_sums(e)
    out = _product(e, v, q)
    inverse = np.empty_like(out, shape=total.shape)
    if mask is not None and not total.all():
        inverse[...] = 0
        np.divide(1, total, out=inverse, where=total != 0)
    else:
        np.divide(1, total, out=inverse)
    out *= inverse
    return out, e, inverse


def _scores(q: Any, k: Any, mask: Any, scale: float) -> Any:
    s = (q * scale) @ k.mT
    if mask is not None:
        s += mask
    return s


def _product(a: Any, b: Any, like: Any) -> Any:
    """a @ b in the memory order of ``like``: what splits heads before attention and joins them after need not copy."""
    if a.shape[:-2] == b.shape[:-2] == like.shape[:-2]:
        return np.matmul(a, b, out=np.empty_like(like, shape=(*a.shape[:-1], b.shape[-1])))
    return a @ b


def _row_sums(x: Any) -> Any:
    n = x.shape[-1]
    return (x.reshape(-1, n) @ _ones((n, 1), x.dtype)).reshape(*x.shape[:-1], 1)


def _attend_backward(g: Any, q: Any, k: Any, v: Any, mask: Any, e: Any, inverse: Any, scale: float) -> list[Any]:
    slope = np.multiply(g, inverse, out=np.empty_like(g))
    ds = slope @ v.mT
    ds -= _row_sums(e * ds) * inverse
    ds *= e
    dq, dk, dv = _product(ds, k, q), _product(ds.mT, q, k), _product(e.mT, slope, v)
    dq *= scale
    dk *= scale
    return [dq, dk, dv, None if mask is None else ds]
