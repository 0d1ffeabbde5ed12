"""scikit-learn's bundled and generated data sets by name, as plain arrays.

The bundled sets are read straight from the files inside the scikit-learn package: importing it takes longer than
training on them. Where the files are not found, and for the generated sets, scikit-learn itself is asked.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from minitorch.train.signatures import Parameter, configurable

Array = np.ndarray[Any, np.dtype[Any]]
Task = Literal["classification", "regression", "multilabel"]


def digits(n_class: int = 10) -> tuple[Array, Array]:
    """1797 images of 8x8 pixels (0..16) as rows of 64, and the digit of each."""
    table = _table("digits.csv.gz")
    kept = table[table[:, -1] < n_class]
    return kept[:, :-1], kept[:, -1].astype(np.int64)


def iris() -> tuple[Array, Array]:
    """150 flowers, 4 measures, 3 species."""
    return _labelled("iris.csv")


def wine() -> tuple[Array, Array]:
    """178 wines, 13 measures, 3 growers."""
    return _labelled("wine_data.csv")


def breast_cancer() -> tuple[Array, Array]:
    """569 tumours, 30 measures; 0 is malignant, 1 benign."""
    return _labelled("breast_cancer.csv")


def diabetes(scaled: bool = True) -> tuple[Array, Array]:
    """442 patients, 10 measures, and how the disease went on a year later."""
    features = _table("diabetes_data_raw.csv.gz", delimiter=None)
    if scaled:  # as scikit-learn: every column centred, with a sum of squares of one
        features = features - features.mean(axis=0)
        features = features / (features.std(axis=0) * np.sqrt(len(features)))
    return features, _table("diabetes_target.csv.gz", delimiter=None)


def linnerud() -> tuple[Array, Array]:
    """20 men: 3 exercises, and 3 measures of the body to be told from them."""
    return (
        _table("linnerud_exercise.csv", delimiter=None, skiprows=1),
        _table("linnerud_physiological.csv", delimiter=None, skiprows=1),
    )


BUNDLED: dict[str, Callable[..., tuple[Array, Array]]] = {
    f.__name__: f for f in (breast_cancer, diabetes, digits, iris, linnerud, wine)
}

TASKS: dict[str, Task] = {
    **dict.fromkeys(("breast_cancer", "digits", "iris", "wine"), "classification"),
    **dict.fromkeys(("diabetes", "linnerud"), "regression"),
    **dict.fromkeys(("blobs", "circles", "classification", "gaussian_quantiles"), "classification"),
    **dict.fromkeys(("hastie_10_2", "moons"), "classification"),
    **dict.fromkeys(("friedman1", "friedman2", "friedman3", "regression"), "regression"),
    **dict.fromkeys(("s_curve", "sparse_uncorrelated", "swiss_roll"), "regression"),
    "multilabel_classification": "multilabel",
}

# What scikit-learn's defaults (None, mostly) do not say about a parameter's type.
_TYPES: dict[str, Any] = {
    "random_state": int | None,
    "noise": float | None,
    "effective_rank": int | None,
    "centers": int | list[list[float]] | None,
    "cluster_std": float | list[float],
    "weights": list[float] | None,
    "mean": list[float] | None,
}


def parameters(name: str) -> list[Parameter]:
    """What a config can set of a data set beside how it is split."""
    made = BUNDLED.get(name) or _maker(name)
    return configurable(made, name, _TYPES)


def read(name: str, **arguments: Any) -> tuple[Array, Array]:
    """Features (N, F) in float64 and targets: labels 0..C-1 (N,), values (N, T) or zeros and ones (N, L).

    >>> read("iris")[0].shape
    (150, 4)
    """
    if name in BUNDLED:
        try:
            features, targets = BUNDLED[name](**arguments)
        except FileNotFoundError:
            loader = getattr(importlib.import_module("sklearn.datasets"), f"load_{name}")
            features, targets = loader(return_X_y=True, **arguments)
    else:
        features, targets = _maker(name)(**arguments)[:2]
    if TASKS[name] == "classification":
        targets = np.unique(targets, return_inverse=True)[1].astype(np.int64)
    else:
        targets = np.asarray(targets, np.float64).reshape(len(features), -1)
    return np.asarray(features, np.float64), targets


def _maker(name: str) -> Callable[..., tuple[Array, Array]]:
    made: Callable[..., tuple[Array, Array]] = getattr(importlib.import_module("sklearn.datasets"), f"make_{name}")
    return made


def _labelled(file: str) -> tuple[Array, Array]:
    """A table whose last column is the label and whose first line says how large it is."""
    table = _table(file, skiprows=1)
    return table[:, :-1], table[:, -1].astype(np.int64)


def _table(file: str, delimiter: str | None = ",", skiprows: int = 0) -> Array:
    spec = importlib.util.find_spec("sklearn")  # finds the package without running it
    folder = Path(next(iter(spec.submodule_search_locations or [""]))) if spec else Path()
    return np.loadtxt(folder / "datasets" / "data" / file, delimiter=delimiter, skiprows=skiprows)
