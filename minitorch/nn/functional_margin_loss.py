"""Losses with a margin, and the distances they are made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.common_types import Reduction
from minitorch.nn.functional_reduction import check_reduction, legacy_reduction, reduced
from minitorch.ops.activations import log_sigmoid
from minitorch.ops.arithmetic import minimum, where
from minitorch.ops.indexing import take_along
from minitorch.ops.shapes import broadcast_tensors


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension: (N, D) and (N, D) to (N,)."""
    return (x1 - x2 + eps).norm(p, -1, keepdim)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) along ``dim``.

    >>> import minitorch as torch
    >>> torch.nn.functional.cosine_similarity(torch.tensor([[1.0, 1.0]]), torch.tensor([[2.0, 0.0]]))
    tensor([0.7071])
    """
    if x1.array.shape != x2.array.shape:  # lengths are those of the broadcast vectors
        x1, x2 = broadcast_tensors(x1, x2)
    return (_unit(x1, dim, eps) * _unit(x2, dim, eps)).sum(dim)


def _unit(x: Tensor, dim: int, eps: float) -> Tensor:
    length = x.norm(2, dim, True)
    lacking = np.maximum(length.array, length.array.dtype.type(eps)) - length.array
    return x / (length + wrap(lacking) if raw(lacking).any() else length)


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """input / max(its p-norm along ``dim``, eps)."""
    result = input / input.norm(p, dim, True).clamp_min(eps)
    return result if out is None else out.copy_(result)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """log(1 + e^(-target · input)), target 1 or -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return reduced(-log_sigmoid(target * input), reduction)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """input where target is 1, max(0, margin - input) where it is -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    apart = where(target != 1, (margin - input).clamp_min(0), 0.0)
    return reduced(apart + where(target != -1, input, 0.0), reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """max(0, -target · (input1 - input2) + margin)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """1 - cos(input1, input2) where target is 1, max(0, cos(input1, input2) - margin) where it is -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.dim() > 1:
        raise RuntimeError(f"0D or 1D target tensor expected, multi-target not supported, got {target.dim()}D")
    if not input1.dim() == input2.dim() == target.dim() + 1:
        raise RuntimeError(
            f"{target.dim()}D target tensor expects {target.dim() + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    dim = target.dim()
    squares = ((input1 * input1).sum(dim) + 1e-12) * ((input2 * input2).sum(dim) + 1e-12)
    cosine = (input1 * input2).sum(dim) / squares.sqrt()
    alike = where(target == 1, 1 - cosine, 0.0)
    return reduced(alike + where(target == -1, (cosine - margin).clamp_min(0), 0.0), reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """The mean over the classes of the binary cross entropy with logits: (N, C) and (N, C) to a loss for each row."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    loss = -(target * log_sigmoid(input) + (1 - target) * log_sigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return reduced(loss.sum(-1) / input.shape[-1], reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Σ max(0, margin - x[y] + x[i])^p / C over the classes i but the target y: (N, C) and (N,), or (C,) and ()."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    check_reduction(reduction)
    if p not in (1, 2):
        raise ValueError(f"only p == 1 and p == 2 supported, got {p}")
    if weight is not None and weight.dim() != 1:
        raise ValueError(f"weight must be one-dimensional, got {weight.dim()} dimensions")
    x = input if input.dim() == 2 else input.reshape(1, -1)
    y = target.array.reshape(-1, 1)
    rows, classes = x.shape
    if len(y) != rows:
        raise RuntimeError(f"inconsistent target size, expected {[rows]} but got {list(target.shape)}")
    if y.size and not (raw(y).min() >= 0 and raw(y).max() < classes):
        raise RuntimeError(f"target out of range: classes are 0 to {classes - 1}")
    gap = margin - take_along(x, y, axis=1) + x
    loss = where(wrap((gap.array > 0) & (np.arange(classes) != y)), gap if p == 1 else gap * gap, 0.0)
    if weight is not None:
        loss = loss * wrap(weight.array[y])
    loss = loss.sum(1) / classes
    return reduced(loss if input.dim() == 2 else loss.squeeze(0), reduction)


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Σ max(0, 1 - (x[y] - x[i])) / C over the target classes y and all others i; targets end at the first -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    check_reduction(reduction)
    if input.dim() > 2 or (input.dim() and input.shape[-1] == 0):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(input.shape)}"
        )
    if target.shape != input.shape:
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    x = input if input.dim() == 2 else input.reshape(1, -1)
    classes = x.shape[1]
    listed = target.array.reshape(x.shape)
    if listed.size and not (raw(listed).min() >= -1 and raw(listed).max() < classes):
        raise RuntimeError(f"target out of range: classes are 0 to {classes - 1}, and -1 ends the list")
    valid = np.logical_and.accumulate(listed >= 0, axis=1)
    y = np.where(valid, listed, 0)
    is_target = (valid[:, :, None] & (y[:, :, None] == np.arange(classes))).any(1)
    gap = 1 - take_along(x, y, axis=1).unsqueeze(2) + x.unsqueeze(1)
    counts = valid[:, :, None] & ~is_target[:, None, :] & (gap.array > 0)
    loss = where(wrap(counts), gap, 0.0).sum((1, 2)) / classes
    return reduced(loss if input.dim() == 2 else loss.squeeze(0), reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), d the ``pairwise_distance``."""
    reduction = legacy_reduction(size_average, reduce, reduction)

    def distance(a: Tensor, b: Tensor) -> Tensor:
        return pairwise_distance(a, b, p, eps)

    check_reduction(reduction)
    return triplet_margin_with_distance_loss(
        anchor, positive, negative, distance_function=distance, margin=margin, swap=swap, reduction=reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: Reduction = "mean",
) -> Tensor:
    """``triplet_margin_loss`` with a distance of your own; ``swap`` uses d(positive, negative) where it is smaller."""
    check_reduction(reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.dim()}D, positive {positive.dim()}D, and negative {negative.dim()}D inputs"
        )
    distance = distance_function or pairwise_distance
    to_positive, to_negative = distance(anchor, positive), distance(anchor, negative)
    if swap:
        to_negative = minimum(to_negative, distance(positive, negative))
    return reduced((margin + to_positive - to_negative).clamp_min(0), reduction)
