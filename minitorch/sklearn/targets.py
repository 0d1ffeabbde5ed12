"""Targets to and from what a loss compares with: classes to numbers or bits, probabilities back to classes."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    check_classification_targets,
    type_of_target,
    unique_labels,
)

from minitorch.sklearn.base import Net
from minitorch.sklearn.batches import Array

Form = Literal["labels", "bits"]


class Classes(ClassifierMixin, Net):  # type: ignore[misc]
    """A classifier's side: labels of any kind in, probabilities and labels out."""

    classes_: Array
    out_activation_: str  # what makes probabilities of outputs: "softmax", "logistic" or, of logarithms, "exp"
    _multilabel = False  # whether y may be a matrix of zeros and ones

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Any:
        """One more epoch, on these rows, from where the last one ended; ``classes`` must be given the first time."""
        if _check_partial_fit_first_call(self, classes) and hasattr(self, "module_"):
            del self.module_
        return self._fit(X, y, sample_weight, partial=True)

    def predict(self, X: Any) -> Array:
        """The most probable class of each row; for labels in a matrix, those that are more probable than not."""
        return self._labels(self._outputs(X))

    def predict_proba(self, X: Any) -> Array:
        """Probabilities (N, classes), in the order of ``classes_``."""
        return self._probabilities(self._outputs(X))

    def predict_log_proba(self, X: Any) -> Array:
        """Logarithms of the probabilities (N, classes)."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def _form_of(self, kind: str) -> Form:
        """The form in which the loss wants targets of a kind (`type_of_target`'s word)."""
        raise AssertionError("a subclass knows its loss")

    def _encode(self, y: Array, learn: bool) -> Array:
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        many = kind.startswith("multilabel")
        if (y.ndim > 1 and not many) or (many and not self._multilabel):
            raise ValueError(f"y should be a 1d array of classes, got an array of shape {y.shape} instead.")
        found = unique_labels(y)
        if learn:
            if len(found) < 2:
                raise ValueError(f"y has one class only, {found[0]!r}: a classifier needs at least two classes")
            self.classes_, self._targets_kind = found, kind
        elif not hasattr(self, "_targets_kind"):  # a first partial_fit, which may not see every class
            self._targets_kind = kind if many else "binary" if len(self.classes_) == 2 else "multiclass"
        unknown = np.setdiff1d(found, self.classes_)
        if len(unknown):
            raise ValueError(f"y has classes {unknown} that the first fit had not, which had {self.classes_}")
        if many:
            return np.asarray(y, self._float)
        numbers = np.searchsorted(self.classes_, y)
        form = self._form_of(self._targets_kind)
        return numbers if form == "labels" else numbers[:, None].astype(self._float)

    @property
    def _columns(self) -> int:
        """How many outputs the module needs."""
        if self._targets_kind == "binary" and self._form_of("binary") == "bits":
            return 1
        return len(self.classes_)

    def _probabilities(self, outputs: Array) -> Array:
        if self.out_activation_ == "logistic":
            p: Array = 1 / (1 + np.exp(-np.abs(outputs)))  # the exponential cannot overflow
            p = np.where(outputs >= 0, p, 1 - p)
            return np.hstack([1 - p, p]) if self._targets_kind == "binary" else p
        if self.out_activation_ == "softmax":
            outputs = outputs - outputs.max(axis=1, keepdims=True)
        exponentials: Array = np.exp(outputs)
        exponentials /= exponentials.sum(axis=1, keepdims=True)
        return exponentials

    def _labels(self, outputs: Array) -> Array:
        if self._targets_kind.startswith("multilabel"):
            return (outputs > 0).astype(np.int64)
        best = (outputs[:, 0] > 0).astype(np.intp) if self._columns == 1 else outputs.argmax(axis=1)
        labels: Array = self.classes_[best]
        return labels

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = self._multilabel
        return tags


class Values(RegressorMixin, Net):  # type: ignore[misc]
    """A regressor's side: y (N,) or (N, T) in, values of the same form out."""

    n_outputs_: int

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """One more epoch, on these rows, from where the last one ended."""
        return self._fit(X, y, sample_weight, partial=True)

    def predict(self, X: Any) -> Array:
        """Values (N,), or (N, T) when there are several targets."""
        return self._values(self._outputs(X))

    def _encode(self, y: Array, learn: bool) -> Array:
        values = np.asarray(y.reshape(len(y), -1), self._float)
        if learn or not hasattr(self, "n_outputs_"):
            self.n_outputs_ = values.shape[1]
        elif values.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {values.shape[1]} targets, the first fit had {self.n_outputs_}")
        return values

    @property
    def _columns(self) -> int:
        """How many outputs the module needs."""
        return self.n_outputs_

    def _values(self, outputs: Array) -> Array:
        return outputs.reshape(len(outputs)) if self.n_outputs_ == 1 else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
