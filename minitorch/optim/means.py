"""Running means, which most rules share. ``room`` is an array that may be written over, so that none is allocated."""

import numpy as np

from minitorch.core.dtypes import Array


def mean(m: Array, g: Array, weight: Array, room: Array) -> None:
    """m ← m + w (g − m)."""
    np.subtract(g, m, out=room)
    room *= weight
    m += room


def mean_square(v: Array, g: Array, keep: Array, weight: Array, room: Array) -> None:
    """v ← βv + w g²."""
    v *= keep
    np.multiply(g, g, out=room)
    room *= weight
    v += room
