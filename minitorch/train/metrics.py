"""Figures of merit that are gathered batch by batch: accuracy, and a regression's rmse, mae and r2."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np

from minitorch.core.tensor import Tensor

Array = np.ndarray[Any, np.dtype[Any]]


class Metric(Protocol):
    """What a `Trainer` asks of the thing that measures outputs against targets."""

    def update(self, output: Tensor, target: Tensor) -> None:
        """Take in one batch."""

    def compute(self) -> dict[str, float]:
        """The figures over all batches so far."""

    def state_dict(self) -> dict[str, Any]:
        """What has been gathered, for a checkpoint."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""


class Accuracy:
    """The share of right answers.

    Labels (N,) are held against the largest of the outputs (N, C). Zeros and ones (N, L) are held against outputs that
    are above ``threshold`` (0 for logits, 0.5 for probabilities), or with ``exclusive`` against the largest of them.

    >>> import minitorch
    >>> accuracy = Accuracy()
    >>> accuracy.update(minitorch.tensor([[1.0, 2.0], [3.0, 0.0]]), minitorch.tensor([1, 1]))
    >>> accuracy.compute()
    {'accuracy': 0.5}
    """

    def __init__(self, threshold: float = 0.0, exclusive: bool = False) -> None:
        self.threshold, self.exclusive = threshold, exclusive
        self.right = self.total = 0

    def update(self, output: Tensor, target: Tensor) -> None:
        said, truth = output.array, target.array
        if truth.ndim < said.ndim:
            said = said.argmax(axis=1)
        elif self.exclusive:
            said, truth = said.argmax(axis=1), truth.argmax(axis=1)
        else:
            said, truth = said > self.threshold, truth > 0.5
        self.right += int(np.count_nonzero(said == truth))
        self.total += truth.size

    def compute(self) -> dict[str, float]:
        return {"accuracy": self.right / self.total if self.total else math.nan}

    def state_dict(self) -> dict[str, Any]:
        return {"right": self.right, "total": self.total}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.right, self.total = state["right"], state["total"]


class Regression:
    """Root mean squared error, mean absolute error and r2 (averaged over targets, as scikit-learn's ``r2_score``).

    ``scale`` (T,) turns standardised targets (N, T) back into their units for rmse and mae; r2 has none.
    """

    def __init__(self, scale: Array | None = None) -> None:
        self.scale = scale
        self.rows = 0
        self.sums = np.zeros((4, 1))  # of squared errors, absolute errors, targets, squared targets; (4, T)

    def update(self, output: Tensor, target: Tensor) -> None:
        truth = target.array.astype(np.float64)
        error = output.array - truth
        if self.scale is not None:
            error, truth = error * self.scale, truth * self.scale
        columns = [np.square(error), np.abs(error), truth, np.square(truth)]
        self.sums = self.sums + np.stack([c.reshape(len(c), -1).sum(axis=0) for c in columns])
        self.rows += len(truth)

    def compute(self) -> dict[str, float]:
        n = max(self.rows, 1)
        squared, absolute, total, total_of_squares = self.sums
        spread = total_of_squares - total * total / n
        r2 = 1 - squared / np.where(spread > 0, spread, math.nan)
        return {
            "rmse": math.sqrt(squared.mean() / n),
            "mae": float(absolute.mean() / n),
            "r2": float(r2.mean()),
        }

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows, "sums": self.sums}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.rows, self.sums = state["rows"], state["sums"]
