"""NeuralNetClassifier and NeuralNetRegressor: any module of minitorch as an estimator of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch import nn
from minitorch.core.tensor import Tensor
from minitorch.sklearn.batches import Rows, Weighted
from minitorch.sklearn.mlp_base import keep
from minitorch.sklearn.nested import named
from minitorch.sklearn.neural_net_base import BaseNeuralNet
from minitorch.sklearn.targets import Classes, Form, Values
from minitorch.train.callbacks import Callback
from minitorch.train.metrics import Accuracy, Metric

# What a criterion compares outputs with, and what makes probabilities of the outputs.
CRITERIA: dict[type[nn.Module], tuple[Form, str]] = {
    nn.CrossEntropyLoss: ("labels", "softmax"),
    nn.NLLLoss: ("labels", "exp"),
    nn.BCEWithLogitsLoss: ("bits", "logistic"),
}


class PlainAccuracy(Accuracy):
    """Accuracy where each row counts once, whatever its weight."""

    def update(self, output: Tensor, target: Any) -> None:
        super().update(output, target.values if isinstance(target, Weighted) else target)


class NeuralNetClassifier(Classes, BaseNeuralNet):
    """Any module as a classifier: its outputs (N, classes) are logits, or for ``NLLLoss`` their log-softmax.

    With ``criterion="BCEWithLogitsLoss"`` it has one output for two classes. A criterion of your own is given logits
    and the numbers (N,) of the classes. ``class_weight`` is a dict from class to weight, or "balanced". The other
    parameters are those of `BaseNeuralNet`; arguments of the parts follow two underscores. The figures in ``history_``
    are ``train_loss``, ``train_accuracy``, and ``val_loss``, ``val_accuracy`` with a ``validation_fraction``.

    >>> import numpy as np
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array(["low", "low", "high", "high"])
    >>> net = NeuralNetClassifier(module__hidden=8, optimizer="SGD", optimizer__momentum=0.9, lr=0.1, random_state=0)
    >>> net.fit(X, y).predict([[0.2], [2.7]]).tolist()
    ['low', 'high']
    >>> net.get_params()["module__hidden"]
    8
    """

    def __init__(
        self,
        module: Any = None,
        *,
        criterion: Any = None,
        optimizer: Any = "Adam",
        scheduler: Any = None,
        lr: float | None = 0.01,
        max_epochs: int = 100,
        batch_size: int = 128,
        shuffle: bool = True,
        validation_fraction: float | None = None,
        callbacks: Sequence[Callback] | None = None,
        accumulate: int = 1,
        clip_norm: float | None = None,
        dtype: Any = None,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool = False,
        class_weight: Any = None,
        **parts: Any,
    ) -> None:
        keep(self, {name: value for name, value in locals().items() if name != "parts"})
        self._set_nested(parts)

    @property
    def _criterion(self) -> Callable[..., nn.Module]:
        criterion: Callable[..., nn.Module] = named("criterion", nn, self.criterion or nn.CrossEntropyLoss)
        return criterion

    def _manner(self) -> tuple[Form, str]:
        criterion = self._criterion
        for known, manner in CRITERIA.items():
            if isinstance(criterion, type) and issubclass(criterion, known):
                return manner
        if getattr(nn, getattr(criterion, "__name__", ""), None) is criterion:
            names = ", ".join(known.__name__ for known in CRITERIA)
            raise ValueError(f"criterion: {criterion.__name__} is not for classes, use one of {names}")
        return "labels", "softmax"

    def _form_of(self, kind: str) -> Form:
        form = self._manner()[0]
        if form == "bits" and kind != "binary":
            raise ValueError(f"criterion {self._criterion.__name__} is for two classes, y has {len(self.classes_)}")
        return form

    def _build(self, data: Rows, rng: np.random.RandomState) -> nn.Module:
        self.out_activation_ = self._manner()[1]
        return super()._build(data, rng)

    def _metric(self) -> Callable[[], Metric]:
        return PlainAccuracy


class NeuralNetRegressor(Values, BaseNeuralNet):
    """Any module as a regressor: its outputs are values (N, T), or (N,) for one target; the criterion is MSELoss.

    The parameters are those of `BaseNeuralNet`; arguments of the parts follow two underscores.

    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> net = NeuralNetRegressor(criterion="HuberLoss", criterion__delta=0.5, max_epochs=200, random_state=0)
    >>> net.fit(X, 3 * X[:, 0]).score(X, 3 * X[:, 0]) > 0.99
    True
    """

    def __init__(
        self,
        module: Any = None,
        *,
        criterion: Any = None,
        optimizer: Any = "Adam",
        scheduler: Any = None,
        lr: float | None = 0.01,
        max_epochs: int = 100,
        batch_size: int = 128,
        shuffle: bool = True,
        validation_fraction: float | None = None,
        callbacks: Sequence[Callback] | None = None,
        accumulate: int = 1,
        clip_norm: float | None = None,
        dtype: Any = None,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool = False,
        **parts: Any,
    ) -> None:
        keep(self, {name: value for name, value in locals().items() if name != "parts"})
        self._set_nested(parts)

    @property
    def _criterion(self) -> Callable[..., nn.Module]:
        criterion: Callable[..., nn.Module] = named("criterion", nn, self.criterion or nn.MSELoss)
        return criterion
