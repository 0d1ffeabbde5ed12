"""``ctc_loss``: connectionist temporal classification (Graves et al. 2006), for all sequences of a batch at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.common_types import Reduction
from minitorch.nn.functional_reduction import check_reduction
from minitorch.ops.arithmetic import where
from minitorch.ops.ctc import NEVER, alignments
from minitorch.ops.pointwise import log


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: Reduction = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """-log P(targets) over all alignments of targets with time steps; labels repeat, and blanks stand between them.

    Args:
        log_probs: (T, N, C), or (T, C) for one sequence: log-probabilities, as ``log_softmax`` gives them.
        targets: labels, (N, S), or those of all sequences one after another.
        input_lengths: (N), how many of the T steps each sequence has.
        target_lengths: (N), how many labels.
        blank: the label between labels.
        reduction: "none", "sum", or "mean" of the losses divided by their target's lengths.
        zero_infinity: a target too long for its steps has loss zero, not infinity.

    As in PyTorch, the gradient is for ``log_probs`` that are normalised: exp(log_probs) less the posterior.

    Raises:
        RuntimeError: lengths, shapes or labels that do not fit.
        ValueError: an unknown reduction.

    >>> import minitorch as torch
    >>> x = torch.zeros(2, 1, 2).log_softmax(-1)  # two steps, a blank and one label, in 3 of 4 cases read as it
    >>> torch.nn.functional.ctc_loss(x, torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1])).exp()
    tensor(1.3333)
    """
    check_reduction(reduction)
    if not log_probs.is_floating_point():
        raise RuntimeError(f"ctc_loss: log_probs must hold floating numbers, got {log_probs.dtype}")
    batched = log_probs.dim() == 3
    if log_probs.dim() not in (2, 3):
        raise RuntimeError(
            f"Expected 3-dimensional tensor, but got {log_probs.dim()}-dimensional tensor for argument #1 'log_probs': "
            "(T, N, C), or (T, C) for one sequence"
        )
    x = log_probs if batched else log_probs.unsqueeze(1)
    if not x.array.size:
        raise RuntimeError(f"log_probs tensor must not be empty, got {list(log_probs.shape)}")
    steps, batch, classes = x.shape
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range: 0 to {classes - 1}, got {blank}")
    if isinstance(input_lengths, Tensor) != isinstance(target_lengths, Tensor):
        raise TypeError("ctc_loss(): input_lengths and target_lengths must both be Tensors, or both tuples of ints")
    times = _lengths("input_lengths", input_lengths, batch, steps)
    counts = _lengths("target_lengths", target_lengths, batch)
    labels = _with_blanks(targets, counts, blank, batch, classes)
    reached = alignments(x, labels=labels, times=times, counts=counts)

    impossible = reached.array < NEVER / 2
    # Steps' probabilities sum to 1, a constant: this adds 0 to the loss and exp(log_probs) to its gradient.
    total = where((np.arange(steps)[:, None] < times)[..., None], x.exp(), 0.0).sum((0, 2))
    loss: Tensor = (total - total.detach()) - reached
    if raw(impossible).any():
        # Infinity, with a gradient of nan as in PyTorch.
        without = 0.0 if zero_infinity else -log(where(impossible, total * 0, 1.0))
        loss = where(impossible, without, loss)
    if reduction == "mean":
        return (loss / wrap(counts.clip(1).astype(x.array.dtype))).mean()
    if reduction == "sum":
        return loss.sum()
    return loss if batched else loss.squeeze(0)


def _lengths(name: str, given: Any, batch: int, most: int | None = None) -> Any:
    """(N) lengths, checked."""
    found = np.asarray(given.array if isinstance(given, Tensor) else given).reshape(-1)
    if found.dtype.kind not in "iu" and found.size:
        raise RuntimeError(f"{name} must be integral, got {found.dtype}")
    if len(found) != batch:
        raise RuntimeError(f"{name} must be of size batch_size, which is {batch}, got {len(found)}")
    if found.min() < 0:
        raise RuntimeError(f"Expected {name} to have value at least 0, but got value {found.min()}")
    if most is not None and found.max() > most:
        raise RuntimeError(f"Expected {name} to have value at most {most}, but got value {found.max()}")
    return found.astype(np.int64)


def _with_blanks(targets: Tensor, counts: Any, blank: int, batch: int, classes: int) -> Any:
    """(N, 2S + 1) labels with blanks around each, and nothing but blanks after the last."""
    given, longest = targets.array.astype(np.int64), int(counts.max())
    used = np.arange(longest) < counts[:, None]
    padded = np.full((batch, longest), blank)
    if given.ndim <= 1:
        if given.size != counts.sum():
            raise RuntimeError(
                f"Expected tensor to have size {counts.sum()} at dimension 0, but got size {given.size} for argument "
                "#2 'targets': as many labels as target_lengths says"
            )
        padded[used] = given.reshape(-1)
    else:
        if len(given) != batch:
            raise RuntimeError(
                f"Expected tensor to have size {batch} at dimension 0, but got size {len(given)} for argument #2 "
                "'targets'"
            )
        if given.shape[1] < longest:
            raise RuntimeError(
                f"Expected tensor to have size at least {longest} at dimension 1, but got size {given.shape[1]} for "
                "argument #2 'targets'"
            )
        padded[used] = given[:, :longest][used]
    if padded.size and not (padded.min() >= 0 and padded.max() < classes):
        bad = padded[(padded < 0) | (padded >= classes)].flat[0]
        raise RuntimeError(f"targets must be labels from 0 to {classes - 1}, got {bad}")
    labels = np.full((batch, 2 * longest + 1), blank)
    labels[:, 1::2] = padded
    return labels
