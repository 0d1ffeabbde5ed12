"""The sum over all alignments of labels with time steps that CTC's loss is made of (Graves et al. 2006)."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import wrap
from minitorch.ops.arithmetic import where
from minitorch.ops.concatenation import cat, unbind
from minitorch.ops.indexing import take_fancy

# The log of a probability of zero: finite, so that differences are. A log-likelihood below half of it is impossible.
NEVER = -1e30

alignments = primitive(  # x (T, N, C), labels with blanks (N, 2S + 1), lengths (N): the log of each one's probability
    "CtcLoss",
    lambda x, *, labels, times, counts: _forward(x, labels, times, counts),
    prepare=same,
    residuals=("alpha", "said"),
    definition=lambda x, *, labels, times, counts: _alignments(x, labels, times, counts),
    x=lambda g, x_shape, alpha, said, labels, times, counts: _backward(g, x_shape, alpha, said, labels, times, counts),
)


def _alignments(x: Any, labels: Any, times: Any, counts: Any) -> Any:
    """The log of the probability of each sequence's labels: the paper's forward variable α, step by step.

    α[n, s] is the log of the probability of having read the first s of the labels with blanks. From one step to the
    next the place stays or moves on by one, or by two, past a blank between two different labels.
    """
    rows = np.arange(len(labels))
    steps = np.arange(max(int(times.max()), 1))
    said: Any = take_fancy(x, index=(steps[:, None, None], rows[:, None], labels))
    said = unbind(where(said.array < NEVER, NEVER, said))  # (below it: of a probability of exactly 0)
    never = wrap(np.full((len(labels), 2), NEVER, x.array.dtype))
    skips = np.zeros(labels.shape, np.bool_)
    skips[:, 2:] = labels[:, 2:] != labels[:, :-2]
    place = np.arange(labels.shape[1])
    alpha: Any = where(place < 2, said[0], NEVER)
    for t in range(1, len(steps)):
        before = cat([never, alpha], 1)
        moved = alpha.logaddexp(before[:, 1:-1]).logaddexp(where(skips, before[:, :-2], NEVER)) + said[t]
        alpha = moved if (times > t).all() else where((times > t)[:, None], moved, alpha)
    last: Any = take_fancy(alpha, index=(rows, 2 * counts))
    if counts.any():  # or without a blank at the end
        label = take_fancy(alpha, index=(rows, (2 * counts - 1).clip(0)))
        last = last.logaddexp(where(counts > 0, label, NEVER))
    if not times.all():  # no steps read no labels
        last = where(times > 0, last, np.where(counts > 0, NEVER, 0.0).astype(x.array.dtype))
    return last


# --- The kernel -------------------------------------------------------------------------------------------------------
# The same steps in a few NumPy calls each. alpha has two more places before the first, at which nobody ever is.


def _forward(x: Any, labels: Any, times: Any, counts: Any) -> tuple[Any, Any, Any]:
    x, labels = np.asarray(x), np.asarray(labels)  # inside vmap it says here that it cannot be had
    rows, steps = np.arange(len(labels)), max(int(times.max()), 1)
    said = np.maximum(x[:steps, rows[:, None], labels], x.dtype.type(NEVER))
    alpha = np.full((steps, len(labels), labels.shape[1] + 2), NEVER, x.dtype)
    alpha[0, :, 2:4] = said[0, :, :2]
    penalty = _penalty(labels, x.dtype)
    ways = np.empty((3, *labels.shape), x.dtype)
    for t in range(1, steps):
        most = _ways(alpha[t - 1], penalty, ways)
        ways -= most
        np.exp(ways, out=ways)
        moved = np.add.reduce(ways, 0)
        np.log(moved, out=moved)
        moved += most
        moved += said[t]
        alpha[t, :, 2:] = moved if (times > t).all() else np.where((times > t)[:, None], moved, alpha[t - 1, :, 2:])
    last, label = _ends(alpha, counts)
    last = np.logaddexp(last, label)
    if not times.all():  # no steps read no labels
        last = np.where(times > 0, last, np.where(counts > 0, NEVER, 0.0).astype(x.dtype))
    return last, alpha, said


def _penalty(labels: Any, dtype: Any) -> Any:
    """What is added to the log of moving on by two: NEVER where that would skip a label, or one of two blanks."""
    penalty = np.full(labels.shape, NEVER, dtype)
    penalty[:, 2:][labels[:, 2:] != labels[:, :-2]] = 0
    return penalty


def _ways(before: Any, penalty: Any, ways: Any) -> Any:
    """Fills in the logs of the three ways to each place (N, S): staying, and moving on by one and two; the largest."""
    ways[0], ways[1] = before[:, 2:], before[:, 1:-1]
    np.add(before[:, :-2], penalty, out=ways[2])
    return np.maximum.reduce(ways, 0)


def _ends(alpha: Any, counts: Any) -> tuple[Any, Any]:
    """The logs of having read all at the end, with a blank after the last label and without."""
    rows = np.arange(len(counts))
    label = np.where(counts > 0, alpha[-1, rows, 2 * counts + 1], alpha.dtype.type(NEVER))
    return alpha[-1, rows, 2 * counts + 2], label


def _backward(g: Any, shape: Any, alpha: Any, said: Any, labels: Any, times: Any, counts: Any) -> Any:
    steps, n, places = said.shape
    rows = np.arange(n)
    last, label = _ends(alpha, counts)
    both = np.logaddexp(last, label)
    g = np.where(times > 0, g, 0)
    slope = np.zeros((n, places + 2), alpha.dtype)  # of alpha at some step, two more places behind the last
    slope[rows, 2 * counts] = g * np.exp(last - both)
    slope[rows, np.maximum(2 * counts - 1, 0)] += np.where(counts > 0, g * np.exp(label - both), 0)
    # The share of each way in what it leads to, for all steps at once.
    shares = np.empty((steps - 1, 3, n, places), alpha.dtype)
    penalty = _penalty(labels, alpha.dtype)
    shares[:, 0], shares[:, 1] = alpha[:-1, :, 2:], alpha[:-1, :, 1:-1]
    np.add(alpha[:-1, :, :-2], penalty, out=shares[:, 2])
    shares -= np.maximum.reduce(shares, 1)[:, None]
    np.exp(shares, out=shares)
    shares /= np.add.reduce(shares, 1)[:, None]
    slopes = np.zeros(said.shape, alpha.dtype)  # of what is said at each step
    moving = np.zeros((3, n, places + 2), alpha.dtype)
    for t in range(steps - 1, 0, -1):
        np.multiply(slope[:, :places], shares[t - 1], out=moving[:, :, :places])
        back = moving[0].copy()
        back[:, :-1] += moving[1, :, 1:]
        back[:, :-2] += moving[2, :, 2:]
        if (times > t).all():
            slopes[t] = slope[:, :places]
            slope = back
        else:
            going = (times > t)[:, None]
            slopes[t] = np.where(going, slope[:, :places], 0)
            slope = np.where(going, back, slope)
    first = min(places, 2)
    slopes[0, :, :first] = slope[:, :first]
    slopes[said <= NEVER] = 0
    return _to_classes(slopes, labels, shape)


def _to_classes(slopes: Any, labels: Any, shape: Any) -> Any:
    """(steps, N, S) slopes summed over the places with the same label: (T, N, C)."""
    steps, n, classes = len(slopes), shape[1], shape[2]
    flat = (np.arange(steps * n) * classes).reshape(steps, n, 1) + labels
    out = np.zeros(shape, slopes.dtype)
    out[:steps] = np.bincount(flat.reshape(-1), slopes.reshape(-1), steps * n * classes).reshape(steps, n, classes)
    return out
