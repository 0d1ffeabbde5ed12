"""What all estimators share: validation of rows, targets and weights, the order of a fit, and the way to an output."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import RLock
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, is_regressor
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data

from minitorch.core.generator import fork_rng
from minitorch.core.mode import no_grad
from minitorch.nn import Module
from minitorch.optim import Optimizer
from minitorch.sklearn.batches import Array, Rows, tensor_of

CHUNK = 4096  # rows that go through the module at once in predict
ONE_FIT_AT_A_TIME = RLock()  # threads of one process share the generator that modules and dropout draw from


class Net(BaseEstimator, ABC):  # type: ignore[misc]
    """An estimator with a module; a subclass says how that is built (`_build`) and trained (`_train`).

    The module computes in X's precision when X is float64 or float32. Rows of weight 0 are taken out first, so that
    weight 0 is the same as leaving the row out.
    """

    random_state: Any
    warm_start: bool
    dtype: Any = None
    class_weight: Any = None
    _allow_nd = False  # whether X may have more than two dimensions

    module_: Module
    optimizer_: Optimizer

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train on X (N, features) and y; from the start, or with ``warm_start`` from where the last fit ended.

        ``sample_weight`` (N,) is how much each row counts: in one batch, a whole number is so many equal rows.
        """
        return self._fit(X, y, sample_weight)

    def _fit(self, X: Any, y: Any, sample_weight: Any, partial: bool = False) -> Any:
        self._check_settings(partial)
        first = not hasattr(self, "module_") or not (self.warm_start or partial)
        numeric = is_regressor(self)
        X, y = validate_data(self, X, y, reset=first, multi_output=True, y_numeric=numeric, **self._form(first))
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        self._input_dtype = X.dtype
        targets = self._encode(y, learn=first and not partial)
        data = Rows(X, targets, self._weights(X, y, sample_weight, partial))
        if data.weights is not None and not data.weights.all():
            data = data.at(np.flatnonzero(data.weights))
            if not len(data):
                raise ValueError("sample_weight: every row has weight 0, so there is nothing to learn from")
        with ONE_FIT_AT_A_TIME, fork_rng():
            rng = self._rng(first)
            if first:
                self.module_ = self._build(data, rng)
            self._train(data, rng, partial, first)
        self.module_.eval()
        return self

    def _form(self, first: bool) -> dict[str, Any]:
        """What X is converted to."""
        known = self.dtype or ((np.float64, np.float32) if first else self._input_dtype)
        return {"dtype": known, "accept_sparse": "csr", "allow_nd": self._allow_nd}

    @property
    def _float(self) -> Any:
        """The dtype that the module computes in."""
        return self._input_dtype if self._input_dtype.kind == "f" else np.dtype(np.float32)

    def _weights(self, X: Any, y: Array, sample_weight: Any, partial: bool) -> Array | None:
        if self.class_weight is None and sample_weight is None:
            return None
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        if self.class_weight is not None:
            if partial and isinstance(self.class_weight, str):
                raise ValueError(
                    f"class_weight={self.class_weight!r} is not supported by partial_fit, which sees a part of the "
                    "rows: give a dict, compute_class_weight makes one from all of them"
                )
            weights = weights * compute_sample_weight(self.class_weight, y)
        return np.asarray(weights, self._float)

    def _outputs(self, X: Any) -> Array:
        """What the module gives for X (N, features)."""
        check_is_fitted(self, "module_")
        return self._through(validate_data(self, X, reset=False, **self._form(False)))

    def _through(self, X: Any) -> Array:
        with no_grad():
            parts = [self.module_(tensor_of(X[i : i + CHUNK])).array for i in range(0, X.shape[0], CHUNK)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _rng(self, first: bool) -> np.random.RandomState:
        """The source of this fit's random numbers."""
        rng: np.random.RandomState = check_random_state(self.random_state)
        return rng

    def _check_settings(self, partial: bool) -> None:
        """Raises `ValueError` for settings that are wrong whatever the data."""

    @abstractmethod
    def _encode(self, y: Array, learn: bool) -> Array:
        """Targets as the loss compares with them; ``learn`` what classes and columns there are, or hold y to them."""

    @abstractmethod
    def _build(self, data: Rows, rng: np.random.RandomState) -> Module:
        """A new module for the data."""

    @abstractmethod
    def _train(self, data: Rows, rng: np.random.RandomState, partial: bool, first: bool) -> None:
        """Train the module; one epoch, with the optimizer of last time, when ``partial``."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
