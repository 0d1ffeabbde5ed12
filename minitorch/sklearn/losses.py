"""Losses of an estimator: means over rows in which a row may have a weight, sum(w * l) / sum(w)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import Module
from minitorch.nn import functional as F
from minitorch.sklearn.batches import Weighted, held_weight
from minitorch.special import xlogy

Part = Callable[[Tensor, Tensor, Any], Tensor]


def log_loss(output: Tensor, target: Tensor, reduction: Any) -> Tensor:
    """Cross-entropy of logits (N, C) and labels (N,)."""
    return F.cross_entropy(output, target, reduction=reduction)


def binary_log_loss(output: Tensor, target: Tensor, reduction: Any) -> Tensor:
    """Cross-entropies of logits (N, L) and zeros and ones (N, L), summed over L."""
    return over_rows(F.binary_cross_entropy_with_logits(output, target, reduction=reduction), output, reduction)


def squared_error(output: Tensor, target: Tensor, reduction: Any) -> Tensor:
    """Half the squared errors (N, T), summed over T."""
    return over_rows(F.mse_loss(output, target, reduction=reduction), output, reduction, 0.5)


def poisson(output: Tensor, target: Tensor, reduction: Any) -> Tensor:
    """Half the Poisson deviances of rates exp(output) (N, T), summed over T."""
    loss = output.exp() - target * output + (xlogy(target, target) - target)
    return over_rows(loss if reduction == "none" else loss.mean(), output, reduction)


def over_rows(loss: Tensor, output: Tensor, reduction: Any, factor: float = 1.0) -> Tensor:
    """From values of elements to values of rows, or from the mean over elements to that over rows; times a factor."""
    if reduction == "none":
        loss = loss.sum(1)
    else:
        factor *= output.shape[1]
    return loss if factor == 1.0 else loss * factor


class MeanLoss:
    """The mean of a loss over rows, with their weights where they have some.

    For several targets of a regression scikit-learn descends this sum over outputs, too, but reports their mean.
    """

    def __init__(self, part: Part) -> None:
        self.part = part

    def __call__(self, output: Tensor, target: Any) -> Tensor:
        if isinstance(target, Weighted):
            total: Tensor = (self.part(output, target.values, "none") * target.weights).sum()
            return total / target.weights.sum()
        return self.part(output, target, "mean")


class PenalisedLoss(MeanLoss):
    """A mean over rows, and alpha / 2 times the squared weights of the layers, over the (weighted) number of rows."""

    def __init__(self, part: Part, alpha: float, weights: Sequence[Tensor]) -> None:
        super().__init__(part)
        self.alpha, self.penalised = alpha, weights

    def __call__(self, output: Tensor, target: Any) -> Tensor:
        squares = [(weight * weight).sum() for weight in self.penalised]
        return super().__call__(output, target) + sum(squares) * (0.5 * self.alpha / held_weight(target))


class RowLoss:
    """A criterion of PyTorch's kind that also takes weights of rows.

    ``rows`` is the same criterion with ``reduction="none"``; its values over a row's outputs are averaged.
    """

    def __init__(self, mean: Module, rows: Module | None) -> None:
        self.mean, self.rows = mean, rows

    def __call__(self, output: Tensor, target: Any) -> Tensor:
        values = target.values if isinstance(target, Weighted) else target
        if values.dtype.is_floating_point and output.shape != values.shape:
            output = reshaped(output, values)
        if not isinstance(target, Weighted) or self.rows is None:
            result: Tensor = self.mean(output, values)
            return result
        rows: Tensor = self.rows(output, values)
        rows = rows.flatten(1).mean(1) if rows.ndim > 1 else rows
        return (rows * target.weights).sum() / target.weights.sum()


def reshaped(output: Tensor, target: Tensor) -> Tensor:
    """An output (N,) as a column when the target is one; other shapes would broadcast to nonsense."""
    if output.numel() != target.numel():
        raise ValueError(
            f"the module's output has shape {tuple(output.shape)}, the target {tuple(target.shape)}: "
            "let the module end with as many outputs as there are targets (out_features)"
        )
    return output.reshape(target.shape)
