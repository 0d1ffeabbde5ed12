"""MLPClassifier against scikit-learn's own with the same settings: time and accuracy on digits, breast_cancer, wine."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from benchmarks.measure import Ratio, ratio

DATA_SETS = ("digits", "breast_cancer", "wine")
TARGET = 1.0  # of the time, and of scikit-learn's accuracy over ours


def fitted(rounds: int, settings: dict[str, Any] | None = None) -> Iterator[tuple[str, Ratio, Ratio, float, float]]:
    """A data set's name; time over scikit-learn's, its accuracy over ours; seconds of ours and theirs, the medians.

    Every round splits and trains with another seed, and each other round the other one first.
    """
    theirs = importlib.import_module("sklearn.neural_network").MLPClassifier
    ours = importlib.import_module("minitorch.sklearn").MLPClassifier
    for name in DATA_SETS:
        seconds: dict[type, list[float]] = {ours: [], theirs: []}
        scores: dict[type, list[float]] = {ours: [], theirs: []}
        for seed in range(max(rounds // 8, 2)):
            train, train_y, test, test_y = _parts(name, seed)
            for estimator in (ours, theirs) if seed % 2 == 0 else (theirs, ours):
                net = estimator(random_state=seed, **settings or {})
                start = perf_counter()
                with warnings.catch_warnings():  # 200 epochs may be too few to converge: the same for both
                    warnings.simplefilter("ignore")
                    net.fit(train, train_y)
                seconds[estimator].append(perf_counter() - start)
                scores[estimator].append(net.score(test, test_y))
        yield (
            name,
            ratio(seconds[ours], seconds[theirs]),
            ratio(scores[theirs], scores[ours]),
            sorted(seconds[ours])[len(seconds[ours]) // 2],
            sorted(seconds[theirs])[len(seconds[theirs]) // 2],
        )


def _parts(name: str, seed: int) -> tuple[Any, Any, Any, Any]:
    """Features standardised by the training rows, and classes: seven tenths to train on, the rest to test."""
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    x, y = getattr(importlib.import_module("sklearn.datasets"), f"load_{name}")(return_X_y=True)
    train, test, train_y, test_y = train_test_split(x, y, test_size=0.3, stratify=y, random_state=seed)
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), train_y, scaler.transform(test), test_y
