"""Gradient accumulation right by construction: a window of micro-batches, each with its share of the whole.

The gradient of a mean over N things is the sum over micro-batches of (things it holds / N) times the gradient of its
own mean. So each micro-batch's loss is weighted by its share *before* ``backward``, and uneven micro-batches, ignored
labels, class weights and a last window that is not full all come out as one batch would. What a micro-batch holds is
the denominator of its loss: see `holder`.

(A layer that looks across the rows of a batch, as BatchNorm does, sees only the micro-batch: no weighting mends that.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor

Loss = Callable[..., Tensor]

# Losses whose mean runs over elements, and those whose mean is weighted by class or leaves labels out.
_ELEMENTWISE = {
    *("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss", "PoissonNLLLoss"),
    *("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy"),
    *("binary_cross_entropy_with_logits", "poisson_nll_loss"),
}
_LABELLED = {"CrossEntropyLoss", "NLLLoss", "cross_entropy", "nll_loss"}


@dataclass(slots=True)
class MicroBatch:
    """Inputs and target of one forward pass, how much it holds and its share of the window."""

    inputs: tuple[Any, ...]
    target: Any
    held: float
    share: float = 1.0


def windows(
    batches: Iterable[Any], accumulate: int, held: Callable[[Any], float], mean: bool = True
) -> Iterator[list[MicroBatch]]:
    """Cut a stream of batches ``(input, ..., target)`` into windows; the last one may be smaller, none is lost.

    With ``mean=False`` (a loss that sums) every share is 1, since sums add up as they are.

    >>> batches = [([1, 2, 3], [0, 0, 0]), ([4], [0])]
    >>> [[b.share for b in w] for w in windows(batches, 2, held=len)]
    [[0.75, 0.25]]
    """
    stream = iter(batches)
    while window := [MicroBatch(tuple(b[:-1]), b[-1], held(b[-1])) for b in islice(stream, accumulate)]:
        if mean:
            total = sum(batch.held for batch in window)
            for batch in window:
                batch.share = batch.held / total if total else 0.0
        yield window


def holder(loss: Loss) -> Callable[[Any], float]:
    """A function that tells how much of a loss's mean a target stands for.

    It counts elements for losses that average over elements, labels that are not ignored (or the sum of their class
    weights) for cross-entropy and NLL, and rows for any other.
    """
    name = _setting(loss, "__name__", None) or type(loss).__name__
    if name in _ELEMENTWISE:
        return lambda target: float(target.numel())
    if name not in _LABELLED:
        return lambda target: float(len(target))
    weight, ignored = _setting(loss, "weight", None), _setting(loss, "ignore_index", -100)
    return lambda target: _labels_held(target, weight, ignored)


def averages(loss: Loss) -> bool:
    """Whether a loss gives a mean (True) or a sum (False).

    Raises `ValueError` for ``reduction="none"``: there would be nothing to call ``backward`` on.
    """
    reduction = _setting(loss, "reduction", "mean")
    if reduction not in ("mean", "batchmean", "sum"):
        raise ValueError(f"loss: reduction should be 'mean' or 'sum' to give one number, got {reduction!r}")
    return bool(reduction != "sum")


def _labels_held(target: Tensor, weight: Tensor | None, ignored: int) -> float:
    labels = target.array
    if labels.dtype.kind == "f":  # probabilities (N, C, ...): the mean is over rows and places, not classes
        return float(labels.size / labels.shape[1 if labels.ndim > 1 else 0])
    if weight is None:
        return float(np.count_nonzero(labels != ignored))
    return float(weight.array[labels[labels != ignored]].sum(dtype=np.float64))


def _setting(loss: Any, name: str, default: Any) -> Any:
    """An option of a loss: a module's attribute, or an argument bound by `functools.partial`."""
    if hasattr(loss, "keywords"):
        return loss.keywords.get(name, _setting(loss.func, name, default))
    return getattr(loss, name, default)
