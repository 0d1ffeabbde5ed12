"""Losses that are rows of their own: negative log likelihood and cross entropy. Others are compositions (nn/functional.py)."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arithmetic import where
from minitorch.ops.indexing import take_along
from minitorch.ops.normalisation import log_softmax_dim

# --- The table ---------------------------------------------------------------------------------------------------------


def _cross_entropy(x: Any, target: Any) -> tuple[Any, Any]:
    """The mean of -log softmax(x)[target] over rows, and the gradient of it but for a factor."""
    rows = np.arange(len(target))
    p = x - x.max(axis=1, keepdims=True)
    picked = p[rows, target]
    np.exp(p, out=p)
    total = p.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) - picked).mean()
    p /= total
    p[rows, target] -= 1
    return loss, p


cross_entropy_mean = primitive(  # the common case: (N, C) scores, class indices, no weights, mean
    "NllLoss",
    _cross_entropy,
    prepare=same,
    residuals=("slope",),
    definition=lambda x, target: -np.mean(
        take_along(log_softmax_dim(x, axis=1), np.expand_dims(target.array, 1), axis=1)
    ),
    x=lambda g, slope: slope * (g / len(slope)),
    target=None,
)

# --- PyTorch's functions -----------------------------------------------------------------------------------------------


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """Minus the log probability of each target class, with class weights (``torch.nn.functional.nll_loss``).

    ``input`` holds log probabilities, (N, C), (C,) or (N, C, d1, ...); ``target`` class indices, int64. The mean is
    weighted by the classes' weights; targets equal to ``ignore_index`` count nothing.
    """
    x, classes = input, target.array
    if classes.dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.alias}: class indices are int64")
    if x.array.ndim == 1:
        x, classes = np.expand_dims(x, 0), np.expand_dims(classes, 0)  # type: ignore[call-overload]
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
            f"weight tensor should be defined either for all {n_classes} classes or no classes but got weight tensor of shape: "
            f"{list(weight.array.shape)}"
        )
    kept = classes != ignore_index
    everything = bool(kept.all())
    safe = classes if everything else np.where(kept, classes, 0)
    if safe.size and (safe.min() < 0 or safe.max() >= n_classes):
        bad = safe[(safe < 0) | (safe >= n_classes)].flat[0]
        raise IndexError(f"Target {bad} is out of bounds.")
    picked = -np.squeeze(take_along(x, np.expand_dims(safe, 1), axis=1), 1)
    w: Any = None
    if weight is not None:
        w = weight[wrap(safe)] if weight.requires_grad else wrap(weight.array[safe])
        picked = picked * w
    if not everything:
        picked = where(kept, picked, 0.0)
    if reduction == "none":
        return np.squeeze(picked, 0) if target.array.ndim == 0 else picked  # type: ignore[no-any-return]
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
    if t.min() < 0 or t.max() >= x.shape[1]:
        return None
    return cross_entropy_mean(input, target)  # type: ignore[no-any-return]
