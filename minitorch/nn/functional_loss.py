"""Losses between predictions and targets of one shape: regression, and distributions.

``size_average`` and ``reduce`` are the deprecated forms of ``reduction``.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.common_types import Reduction
from minitorch.nn.functional_reduction import check_reduction, legacy_reduction, reduced
from minitorch.ops import losses
from minitorch.ops.arithmetic import where
from minitorch.ops.pointwise import exp, log
from minitorch.ops.shapes import broadcast_tensors


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
    if reduction == "mean" and weight is None:
        return losses.mse_mean(x, t)
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
    given = var if isinstance(var, Tensor) else wrap(np.full(input.shape, var, input.array.dtype))
    if raw(given.array < 0).any():
        raise ValueError("var has negative entry/entries")
    if given.shape != input.shape:
        if input.shape[:-1] == given.shape:
            given = given.unsqueeze(-1)
        elif given.dim() != input.dim() or [v for x, v in zip(input.shape, given.shape, strict=True) if x != v] != [1]:
            raise ValueError(f"var is of incorrect size: {given.shape} for an input of size {input.shape}")
    check_reduction(reduction)
    # The gradient passes where the variance is raised to eps, as in PyTorch.
    raised = given + wrap(np.maximum(given.array, given.array.dtype.type(eps)) - given.array)
    difference = input - target
    loss = 0.5 * (log(raised) + difference * difference / raised)
    return reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)
