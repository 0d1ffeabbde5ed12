"""Steps without an optimizer: whether a leaf was moved along its own gradient, as ``w -= lr * w.grad`` does."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor

ELEMENTS = 8  # how many are looked at


def look_at(leaf: Tensor) -> tuple[Any, Any] | None:
    """Copies of some elements of a leaf and of its gradient."""
    grad, a = leaf._grad, leaf.array
    if grad is None or type(grad.array) is not np.ndarray or a.dtype.kind != "f" or a.size < 2:
        return None  # of a single number any change is along its gradient
    return _some(a), _some(grad.array)


def moved_along(leaf: Tensor, looks: tuple[Any, Any]) -> bool:
    """Whether what changed since is a positive multiple of the negative gradient, in all elements looked at.

    It takes two elements that moved by more than rounding to say so.
    """
    before, g = looks
    now = _some(leaf.array)
    if now.shape != before.shape:
        return False
    change = now - before
    longest = int(np.argmax(np.abs(g)))
    if not g[longest] or not np.isfinite(change).all() or not np.isfinite(g).all():
        return False
    rate = -change[longest] / g[longest]
    rounding = 8 * np.finfo(leaf.array.dtype).eps * (np.abs(before) + np.abs(now))
    along = rate * g
    if rate <= 0 or not (np.abs(change + along) <= rounding + 1e-3 * np.abs(along)).all():
        return False
    return int((np.abs(along) > 100 * rounding).sum()) >= 2


def _some(a: np.ndarray) -> Any:
    """Elements spread over an array, as float64."""
    flat = a.reshape(-1)
    return flat[:: max(1, a.size // ELEMENTS)][:ELEMENTS].astype(np.float64)
