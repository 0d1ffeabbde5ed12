"""The arrays that the workloads train on: scikit-learn's digits and breast cancer, standardised."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

CHARACTERS, LENGTH, BATCH = 65, 32, 16  # how many there are, in a sequence, and sequences in a batch


@cache
def digits() -> tuple[Any, Any]:
    """1437 rows (the training part) of 64 pixels, float32, and their classes, int64."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return _standardised(x)[:1437], y[:1437].astype(np.int64)


@cache
def breast_cancer() -> tuple[Any, Any]:
    """569 rows of 30 features, float32, and their classes as float32 columns."""
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    return _standardised(x), y.astype(np.float32)[:, None]


def images(count: int, size: int, seed: int = 0) -> tuple[Any, Any]:
    """Noise in the shape of ``count`` grey images, and random classes of ten."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((count, 1, size, size), np.float32), rng.integers(0, 10, count)


def sequences(time: int = 32, batch: int = 32, features: int = 64, seed: int = 0) -> tuple[Any, Any]:
    """Noise (time, batch, features) as sequences, and random classes of ten."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((time, batch, features), np.float32), rng.integers(0, 10, batch)


def characters(seed: int = 0) -> tuple[Any, Any]:
    """Random characters, sequences of them and as many targets: (BATCH, LENGTH), int64."""
    rng = np.random.default_rng(seed)
    x, y = (rng.integers(0, CHARACTERS, (BATCH, LENGTH)) for _ in range(2))
    return x, y


def _standardised(x: Any) -> Any:
    return ((x - x.mean(0)) / (x.std(0) + 1e-6)).astype(np.float32)
