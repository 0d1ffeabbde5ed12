"""What the kernels of recurrent layers share: time steps, memory, weights by gate and their gradients.

Rows are packed: those of the first time step, one a sequence, then those of the second, and so on. A shorter sequence
ends sooner, so step t has the first ``sizes[t]`` sequences.
"""

from __future__ import annotations

import math
from collections import deque
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np

Sizes = tuple[int, ...]
Steps = list[tuple[slice, int]]

LARGEST = 1 << 23  # bytes of a piece of memory that is kept
_free: deque[Any] = deque(maxlen=8)


@lru_cache(maxsize=256)
def steps(sizes: Sizes, reverse: bool) -> Steps:
    """For each time step, in the order in which they are taken: its rows, and how many they are."""
    found = [(slice(end - n, end), n) for end, n in zip(accumulate(sizes), sizes, strict=True)]
    return found[::-1] if reverse else found


def order_of(x: Any, sizes: Sizes | None, reverse: bool) -> Steps:
    """The steps of packed rows; without ``sizes``, those of x (time, batch, features)."""
    return steps((x.shape[1],) * x.shape[0] if sizes is None else sizes, reverse)


def rows_of(x: Any) -> Any:
    """x (time, batch, features) as packed rows; rows as they are."""
    return x if x.ndim == 2 else np.reshape(x, (x.shape[0] * x.shape[1], x.shape[2]))


class Room:
    """The arrays of one pass in one piece of memory, which a later pass uses again.

    Fresh memory costs a page fault every 4 KB, and the allocator gives a training step's memory back to the system when
    the step is over, so that each step would pay a tenth of its time for it.
    """

    __slots__ = ("arrays", "memory")

    def __init__(self, dtype: Any, *shapes: Sizes) -> None:
        ends = [0, *accumulate(map(math.prod, shapes))]
        self.memory = _piece(ends[-1], dtype)
        self.arrays = [self.memory[a:b].reshape(s) for a, b, s in zip(ends, ends[1:], shapes)]

    def __del__(self, free: deque[Any] = _free) -> None:
        if self.memory.nbytes <= LARGEST:
            free.append(self.memory)


def _piece(size: int, dtype: Any) -> Any:
    """Free memory of about that size, or new one."""
    for _ in range(len(_free)):
        try:
            found = _free.popleft()
        except IndexError:  # another thread was quicker
            break
        if found.dtype == dtype and size <= found.size <= 2 * size:
            return found
        _free.append(found)
    return np.empty(size, dtype)


# --- Weights by gate --------------------------------------------------------------------------------------------------
# A weight (gates * hidden, inputs) as a copy (gates, hidden, inputs), in the order that suits a kernel.


def by_gate(w: Any, gates: list[int]) -> Any:
    return w.reshape(len(gates), w.shape[0] // len(gates), *w.shape[1:])[gates]


def _stacked(w: Any, gates: list[int]) -> Any:
    """The inverse of ``by_gate``."""
    out = np.empty_like(w)
    out[gates] = w
    return out.reshape(-1, *w.shape[2:])


def transposed(w: Any) -> Any:
    return np.ascontiguousarray(w.swapaxes(1, 2))


def weight_gradient(slope: Any, x: Any, gates: list[int]) -> Any:
    return _stacked(np.matmul(slope.swapaxes(1, 2), x), gates)


def bias_gradient(slope: Any, gates: list[int]) -> Any:
    return _stacked(np.ones(slope.shape[1], slope.dtype) @ slope, gates)


def input_gradient(slope: Any, w: Any, gates: list[int], x: Any) -> Any:
    weights = by_gate(w, gates)
    out = slope[0] @ weights[0]
    for part, weight in zip(slope[1:], weights[1:], strict=True):
        out += part @ weight
    return out.reshape(x.shape)


def project(x: Any, w: Any, b: Any, out: Any) -> None:
    """The input's part of the gates: for each, x w' + b. (b is one more column of w: cheaper than to add it.)"""
    if b is not None:
        x = np.concatenate([x, np.ones((len(x), 1), x.dtype)], axis=1)
        w = np.concatenate([w, b[..., None]], axis=2)
    np.matmul(x, w.swapaxes(1, 2), out=out)


def sum_of(a: Any, b: Any) -> Any:
    """The sum of two biases, either of which may be None."""
    return b if a is None else a if b is None else a + b


def sigmoid_of_negated(x: Any, out: Any) -> None:
    """1 / (1 + exp(x)); x is overwritten."""
    np.exp(x, out=x)
    x += 1
    np.reciprocal(x, out=out)
