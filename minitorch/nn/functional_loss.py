"""Losses between predictions and targets of the same shape, and for classification.

``size_average`` and ``reduce`` are the deprecated forms of ``reduction``.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.common_types import Reduction
from minitorch.nn.functional_reduction import check_reduction, legacy_reduction, reduced
from minitorch.ops import losses
from minitorch.ops.arithmetic import where
from minitorch.ops.pointwise import exp, log, log_sigmoid
from minitorch.ops.shapes import broadcast_tensors

# --- The table ---------------------------------------------------------------------------------------------------------

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


# --- PyTorch's functions -----------------------------------------------------------------------------------------------


def _paired(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both of one shape; a difference is warned of, as it is hardly ever meant, and spread."""
    if input.array.shape != target.array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). "
            "This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=3,
        )
        input, target = broadcast_tensors(input, target)
    return input, target


def _weighted(loss: Tensor, weight: Tensor, shape: Any, reduction: str, mean_of_all: bool = False) -> Tensor:
    if weight.shape != shape:
        raise ValueError(f"Weights and input must have the same size. Got {weight.shape} and {shape}")
    check_reduction(reduction)
    loss = loss * weight
    return loss.sum() / weight.sum() if reduction == "mean" and not mean_of_all else reduced(loss, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """abs(input - target); with ``weight``, the weighted mean."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    x, t = _paired(input, target)
    loss = (x - t).abs()
    return reduced(loss, reduction) if weight is None else _weighted(loss, weight, input.shape, reduction)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(input - target)²; with ``weight``, the weighted mean.

    >>> import minitorch as torch
    >>> torch.nn.functional.mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]), reduction="sum")
    tensor(4.)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    x, t = _paired(input, target)
    difference = x - t
    loss = difference * difference
    return reduced(loss, reduction) if weight is None else _weighted(loss, weight, input.shape, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
    beta: float = 1.0,
) -> Tensor:
    """d² / (2 beta) if d = abs(input - target) < beta, else d - beta / 2."""
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, got {beta}")
    reduction = legacy_reduction(size_average, reduce, reduction)
    x, t = _paired(input, target)
    d = (x - t).abs()
    if beta == 0:
        return reduced(d, reduction)
    return reduced(where(wrap(d.array < beta), d * d * (0.5 / beta), d - 0.5 * beta), reduction)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: Reduction = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """d² / 2 if d = abs(input - target) < delta, else delta · (d - delta / 2)."""
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, got {delta}")
    x, t = _paired(input, target)
    d = (x - t).abs()
    loss = where(wrap(d.array < delta), d * d * 0.5, (d - 0.5 * delta) * delta)
    return reduced(loss, reduction) if weight is None else _weighted(loss, weight, input.shape, reduction, True)


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
        return smooth.sum() / float(kept.sum())
    factors = np.where(kept, weight.array[np.where(kept, target.array, 0)], 0)
    return smooth.sum() / float(factors.sum())


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
    """-input at the target class: log-probabilities (N, C, *) or (C,) and classes (N, *) or (); see ``cross_entropy``."""
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
    if not ((input.array >= 0) & (input.array <= 1)).all():
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
    log_p = log_sigmoid(input)
    if pos_weight is not None:
        log_p = log_p * ((pos_weight - 1) * target + 1)
    loss: Tensor = (1 - target) * input - log_p
    return reduced(loss if weight is None else loss * weight, reduction)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction | str = "mean",
    log_target: bool = False,
) -> Tensor:
    """t · (log t - input) of log-probabilities and probabilities t (log t, if ``log_target``).

    "batchmean" divides the sum by the batch size: the Kullback-Leibler divergence. "mean" divides by all elements.
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce, "mean")
    elif reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    check_reduction(reduction, ("none", "mean", "sum", "batchmean"))
    if log_target:
        loss = exp(target) * (target - input)
    else:
        zero = wrap(target.array == 0)  # where t log t is 0, and t · input does not matter
        loss = where(zero, 0.0, target * log(where(zero, 1.0, target))) - target * input
    if reduction == "batchmean":
        return loss.sum() / input.shape[0] if input.dim() else loss.sum()
    return reduced(loss, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """e^input - t · input, or input - t · log(input + eps) if not ``log_input``; ``full`` adds Stirling's log(t!)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    check_reduction(reduction)
    loss = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        small = wrap(target.array <= 1)
        t = where(small, 2.0, target)  # any value with a logarithm
        loss = loss + where(small, 0.0, t * log(t) - t + 0.5 * log(2 * math.pi * t))
    return reduced(loss, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: Reduction = "mean",
) -> Tensor:
    """(log var + (input - t)² / var) / 2 with var at least ``eps``; ``full`` adds log(2π) / 2.

    Raises:
        ValueError: a negative variance, or one whose shape does not fit.
    """
    if not isinstance(var, Tensor):
        var = wrap(np.full(input.shape, var, input.array.dtype))
    if (var.array < 0).any():
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif var.dim() != input.dim() or [v for x, v in zip(input.shape, var.shape, strict=True) if x != v] != [1]:
            raise ValueError(f"var is of incorrect size: {var.shape} for an input of size {input.shape}")
    check_reduction(reduction)
    # The gradient passes where the variance is raised to eps, as in PyTorch.
    raised = var + wrap(np.maximum(var.array, var.array.dtype.type(eps)) - var.array)
    difference = input - target
    loss = 0.5 * (log(raised) + difference * difference / raised)
    return reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)
