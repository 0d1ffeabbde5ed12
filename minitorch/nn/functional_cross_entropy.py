"""Losses for classification: cross entropy of classes, of probabilities, and of yes or no.

``size_average`` and ``reduce`` are the deprecated forms of ``reduction``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.primitive import primitive
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.common_types import Reduction
from minitorch.nn.functional_reduction import check_reduction, legacy_reduction, reduced
from minitorch.ops import losses
from minitorch.ops.activations import log_sigmoid
from minitorch.ops.arithmetic import where

# --- The table --------------------------------------------------------------------------------------------------------

# -(t log x + (1 - t) log(1 - x)), a log never below -100. The slope is PyTorch's, finite also where x is 0 or 1.
cross_entropy_of_two = primitive(
    "BinaryCrossEntropy",
    lambda x, t: _bounded_log(x) * -t + _bounded_log(1 - x) * (t - 1),
    x=lambda g, x, t: g * (x - t) / np.maximum((1 - x) * x, 1e-12),
    t=lambda g, x: g * (np.log(1 - x) - np.log(x)),
)


def _bounded_log(x: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(x), -100)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log softmax(input) at the target class: logits (N, C, *) or (C,); classes (N, *) or (), or probabilities.

    Args:
        input: unnormalised logits.
        target: int64 class numbers, or probabilities of the logits' shape.
        weight: a factor for each class, shape (C,); "mean" then divides by the sum of the targets' factors.
        size_average: deprecated.
        ignore_index: targets of this class count for nothing.
        reduce: deprecated.
        reduction: "mean", "sum" or "none".
        label_smoothing: share of the target spread evenly over all classes.

    Raises:
        IndexError: a class outside of the logits.
        RuntimeError, ValueError: shapes or dtypes that do not fit.

    >>> import minitorch as torch
    >>> torch.nn.functional.cross_entropy(torch.zeros(2, 4), torch.tensor([2, 0]))
    tensor(1.3863)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if reduction == "mean" and weight is None and label_smoothing == 0.0 and ignore_index < 0:
        loss = losses.cross_entropy_rows(input, target)
        if loss is not None:
            return loss
    check_reduction(reduction)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    class_dim = 0 if input.dim() == 1 else 1
    if target.shape == input.shape:
        if not target.is_floating_point():
            raise RuntimeError(
                f"Expected floating point type for target with class probabilities, got {target.dtype.alias}"
            )
        if ignore_index >= 0:
            raise RuntimeError("ignore_index is not supported for floating point target")
        return _cross_entropy_of_probabilities(input, target, weight, reduction, label_smoothing, class_dim)
    if target.array.dtype not in (np.int64, np.uint8):
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {target.dtype.alias}: convert it with .long()"
        )
    _check_one_class_each(input, target)
    log_p = input.log_softmax(class_dim)
    loss = losses.nll_loss(log_p, target, weight, ignore_index, reduction)
    if label_smoothing == 0.0:
        return loss
    smooth = _smooth_part(log_p, target, weight, ignore_index, reduction, class_dim)
    return loss * (1 - label_smoothing) + smooth * (label_smoothing / input.shape[class_dim])


def _check_one_class_each(input: Tensor, target: Tensor) -> None:
    if input.dim() <= 2 and target.dim() > 1:
        raise RuntimeError(
            f"0D or 1D target tensor expected, multi-target not supported: got target of size {list(target.shape)} for "
            f"input of size {list(input.shape)}"
        )


def _cross_entropy_of_probabilities(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, label_smoothing: float, class_dim: int
) -> Tensor:
    classes = input.shape[class_dim]
    if label_smoothing > 0.0:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    loss = -(input.log_softmax(class_dim) * target)
    if weight is not None:
        loss = loss * _per_class(weight, input, class_dim)
    if reduction == "mean":
        return loss.sum() / (input.numel() / classes)
    return reduced(loss.sum(class_dim), reduction)


def _smooth_part(
    log_p: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str, class_dim: int
) -> Tensor:
    """The loss if every class were the target at once, reduced as the rest is."""
    if weight is not None:
        log_p = log_p * _per_class(weight, log_p, class_dim)
    kept = target.array != ignore_index
    smooth = where(wrap(kept), -log_p.sum(class_dim), 0.0)
    if reduction != "mean":
        return reduced(smooth, reduction)
    if weight is None:
        total: Any = kept.sum()
    else:
        total = np.where(kept, weight.array[np.where(kept, target.array, 0)], 0).sum()
    return smooth.sum() / wrap(total.astype(log_p.array.dtype))


def _per_class(weight: Tensor, input: Tensor, class_dim: int) -> Tensor:
    shape = [1] * input.dim()
    shape[class_dim] = -1
    return weight.reshape(shape)


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """-input at the target class: log-probabilities (N, C, *) or (C,), classes (N, *) or (); see ``cross_entropy``."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    check_reduction(reduction)
    _check_one_class_each(input, target)
    return losses.nll_loss(input, target, weight, ignore_index, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """-(t log x + (1 - t) log(1 - x)) of probabilities x and targets t; a log counts as -100 if it is below.

    Raises:
        ValueError: different shapes.
        RuntimeError: x outside of [0, 1].
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if not raw((input.array >= 0) & (input.array <= 1)).all():
        raise RuntimeError(
            "all elements of input should be between 0 and 1: apply sigmoid, or use the _with_logits loss"
        )
    loss = cross_entropy_of_two(input, target)
    return reduced(loss if weight is None else loss * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """``binary_cross_entropy`` of sigmoid(input), without overflow; ``pos_weight`` multiplies the part of t.

    Raises:
        ValueError: different shapes.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if pos_weight is None and weight is None and reduction == "mean":
        return losses.logits_loss_mean(input, target)
    if pos_weight is None:
        loss: Tensor = losses.logits_loss(input, target)
    else:
        loss = (1 - target) * input - log_sigmoid(input) * ((pos_weight - 1) * target + 1)
    return reduced(loss if weight is None else loss * weight, reduction)
