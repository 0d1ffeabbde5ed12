"""Losses that are rows of their own, most of them fused with the mean that follows. Others are compositions (nn/)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.batched_indexing import read
from minitorch.core.primitive import primitive, promote_float, same
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arithmetic import where
from minitorch.ops.indexing import take_along
from minitorch.ops.normalisation import log_softmax_dim
from minitorch.ops.pointwise import sigmoid

# --- The table --------------------------------------------------------------------------------------------------------
# A fused mean keeps its slope, the gradient of the mean but for a factor, which costs less than the loss did.

cross_entropy_mean = primitive(  # the common case: (N, C) scores, class indices, no weights
    "NllLoss",
    lambda x, target: _cross_entropy(x, target),
    prepare=same,
    residuals=("slope",),
    definition=lambda x, target: (
        -np.mean(take_along(log_softmax_dim(x, axis=1), np.expand_dims(target.array, 1), axis=1))
    ),
    x=lambda g, slope: slope * (g / len(slope)),
    target=None,
)
logits_loss = primitive(  # binary cross entropy with logits, x not below 0: log(1 + e^-x) + (1 - t) x
    "BinaryCrossEntropyWithLogits",
    lambda x, t: np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x))),
    prepare=promote_float,
    x=lambda g, x, t: g * (sigmoid(x) - t),
    t=lambda g, x: -g * x,
)
logits_loss_mean = primitive(
    "BinaryCrossEntropyWithLogits",
    lambda x, t: _logits_loss(x, t),
    prepare=promote_float,
    residuals=("slope",),
    definition=lambda x, t: np.mean(logits_loss(x, t)),
    x=lambda g, slope: slope * (g / slope.size),
    t=lambda g, x: x * (-g / x.size),
)
mse_mean = primitive(
    "MseLoss",
    lambda x, t: _squared_error(x, t),
    prepare=promote_float,
    residuals=("difference",),
    definition=lambda x, t: np.mean((x - t) * (x - t)),
    x=lambda g, difference: difference * (g * (2 / difference.size)),
    t=lambda g, difference: difference * (g * (-2 / difference.size)),
)

# --- The kernels ------------------------------------------------------------------------------------------------------

_starts = lru_cache(maxsize=8)(np.arange)
_ones = lru_cache(maxsize=8)(np.ones)


def _cross_entropy(x: Any, target: Any) -> tuple[Any, Any]:
    """The mean of -log softmax(x)[target] over rows, and softmax(x) less 1 at the target."""
    n, classes = x.shape
    p = x - np.maximum.reduce(x, axis=1, keepdims=True)
    flat, at = p.reshape(-1), _starts(0, n * classes, classes) + target  # half the time of p[rows, target]
    picked = flat[at]
    np.exp(p, out=p)
    total = p @ _ones((classes, 1), p.dtype)  # a third of a sum's time
    p /= total
    flat[at] -= 1
    return np.add.reduce(np.log(total[:, 0]) - picked) / n, p


def _logits_loss(x: Any, t: Any) -> tuple[Any, Any]:
    """The mean of the loss, and sigmoid(x) - t."""
    e = np.exp(-np.abs(x))  # at most 1
    loss = np.maximum(x, 0)
    loss -= x * t
    loss += np.log1p(e)
    slope = np.where(x >= 0, 1, e).astype(x.dtype, copy=False)
    e += 1
    slope /= e
    return _mean(loss), slope - t


def _squared_error(x: Any, t: Any) -> tuple[Any, Any]:
    difference = x - t
    return _mean(difference * difference), difference


def _mean(x: Any) -> Any:
    return np.add.reduce(x, axis=None) / x.size if x.size else x.dtype.type(math.nan)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """Minus the log probability of each target class, with class weights (``torch.nn.functional.nll_loss``).

    ``input`` holds log probabilities, (N, C), (C,) or (N, C, d1, ...); ``target`` class indices, int64. The mean is
    weighted by the classes' weights; targets equal to ``ignore_index`` count nothing.
    """
    x: Any = input
    classes: Any = target.array
    if classes.dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.alias}: class indices are int64")
    if x.array.ndim == 1:
        x, classes = np.expand_dims(x, 0), np.expand_dims(classes, 0)
    n_classes = x.array.shape[1] if x.array.ndim > 1 else 0
    if x.array.ndim < 1 or classes.shape != x.array.shape[:1] + x.array.shape[2:]:
        if x.array.ndim == 2 and classes.ndim == 1:
            raise ValueError(
                f"Expected input batch_size ({x.array.shape[0]}) to match target batch_size ({classes.shape[0]})."
            )
        raise RuntimeError(
            f"Expected target size {list(x.array.shape[:1] + x.array.shape[2:])}, got {list(classes.shape)}"
        )
    if weight is not None and weight.array.shape != (n_classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {n_classes} classes or no classes but got weight tensor "
            f"of shape: {list(weight.array.shape)}"
        )
    kept = classes != ignore_index
    everything = bool(raw(kept).all())
    safe = classes if everything else np.where(kept, classes, 0)
    every = raw(safe)
    if every.size and (every.min() < 0 or every.max() >= n_classes):
        bad = every[(every < 0) | (every >= n_classes)].flat[0]
        raise IndexError(f"Target {bad} is out of bounds.")
    picked: Any = -np.squeeze(take_along(x, np.expand_dims(safe, 1), axis=1), 1)
    w: Any = None
    if weight is not None:
        w = weight[wrap(safe)] if weight.requires_grad else wrap(read(weight.array, safe))
        picked = picked * w
    if not everything:
        picked = where(kept, picked, 0.0)
    if reduction == "none":
        none: Tensor = np.squeeze(picked, 0) if target.array.ndim == 0 else picked
        return none
    if reduction == "sum":
        return np.sum(picked)  # type: ignore[no-any-return]
    if w is None:
        return np.sum(picked) / np.sum(kept, dtype=x.array.dtype)  # type: ignore[no-any-return]
    return np.sum(picked) / np.sum(w if everything else where(kept, w, 0.0))  # type: ignore[no-any-return]


def cross_entropy_rows(input: Tensor, target: Tensor) -> Tensor | None:
    """The fused kernel, if it serves these inputs: (N, C) floats, N valid int64 classes. Otherwise None."""
    x, t = input.array, target.array
    if x.ndim != 2 or t.ndim != 1 or t.dtype != np.int64 or len(t) != len(x) or not len(t):
        return None
    if raw(t).view(np.uint64).max() >= x.shape[1]:  # negative ones are very large so
        return None
    return cross_entropy_mean(input, target)
