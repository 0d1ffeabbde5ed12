"""Rows of arrays as a loader: shuffled, cut into batches, with weights beside the targets where there are some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.tensor import Tensor, wrap

Array = np.ndarray[Any, np.dtype[Any]]


class Weighted(NamedTuple):
    """Targets of some rows, and what each row counts."""

    values: Tensor
    weights: Tensor  # (N,)


@dataclass(frozen=True)
class Rows:
    """Inputs (N, ...), an array or a sparse matrix, targets of the loss (N, ...), and weights (N,) or None."""

    inputs: Any
    targets: Array
    weights: Array | None = None

    def at(self, rows: Any) -> Rows:
        """Some of the rows, by a slice or their numbers."""
        return Rows(self.inputs[rows], self.targets[rows], None if self.weights is None else self.weights[rows])

    def __len__(self) -> int:
        return len(self.targets)


class Batches:
    """Yields ``(input, target)`` tensors; a target is `Weighted` where the rows have weights.

    With ``rng`` every epoch shuffles the order of the one before, as scikit-learn's own networks do.
    """

    def __init__(self, data: Rows, size: int, rng: np.random.RandomState | None = None) -> None:
        self.data, self.size, self.rng = data, size, rng
        self.order = np.arange(len(data))

    def __len__(self) -> int:
        return -(-len(self.data) // self.size)

    def __iter__(self) -> Iterator[tuple[Tensor, Any]]:
        if self.rng is not None:
            swaps = np.arange(len(self.order))
            self.rng.shuffle(swaps)
            self.order = self.order[swaps]
        for start in range(0, len(self.order), self.size):
            stop = start + self.size
            part = self.data.at(slice(start, stop) if self.rng is None else self.order[start:stop])
            target = wrap(part.targets)
            yield tensor_of(part.inputs), target if part.weights is None else Weighted(target, wrap(part.weights))


def tensor_of(inputs: Any) -> Tensor:
    """A tensor on an array's memory, or the dense values of a sparse matrix."""
    return wrap(inputs if isinstance(inputs, np.ndarray) else inputs.toarray())


def held_weight(target: Any) -> float:
    """What the rows of a batch count together: their number, or the sum of their weights."""
    return float(target.weights.array.sum()) if isinstance(target, Weighted) else float(len(target))
