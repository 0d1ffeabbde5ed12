"""MLPClassifier and MLPRegressor: scikit-learn's multilayer perceptrons, trained by minitorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn import neural_network
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils.metaestimators import available_if

from minitorch.sklearn import losses
from minitorch.sklearn.batches import Array, Rows
from minitorch.sklearn.mlp_base import BaseMLP, keep, stochastic
from minitorch.sklearn.targets import Classes, Form, Values
from minitorch.train.callbacks import Callback


class MLPClassifier(Classes, BaseMLP):
    """A multilayer perceptron for classes, or for labels in a matrix of zeros and ones.

    The settings are those of ``sklearn.neural_network.MLPClassifier``, which see; with the same ``random_state`` it
    trains to the same weights, to rounding. Besides:

    Args:
        class_weight: a dict from class to weight, or "balanced"; multiplies ``sample_weight``.
        callbacks: `minitorch.train.Callback` objects; every fit works on copies.

    Attributes: ``classes_``, ``coefs_``, ``intercepts_``, ``n_iter_``, ``loss_``, ``loss_curve_``, ``best_loss_``,
    ``validation_scores_``, ``best_validation_score_``, ``n_layers_``, ``n_outputs_``, ``out_activation_``; and the
    ``module_`` and ``optimizer_`` behind them.

    >>> import numpy as np
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array(["low", "low", "high", "high"])
    >>> MLPClassifier((16,), solver="lbfgs", random_state=0).fit(X, y).predict([[0.2], [2.7]]).tolist()
    ['low', 'high']
    """

    _multilabel = True
    _parameter_constraints: ClassVar[dict[str, Any]] = neural_network.MLPClassifier._parameter_constraints

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
        class_weight: Any = None,
        callbacks: Sequence[Callback] | None = None,
    ) -> None:
        keep(self, locals())

    @available_if(stochastic)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Any:
        """One more epoch, on these rows, from where the last one ended; ``classes`` must be given the first time."""
        return super().partial_fit(X, y, classes, sample_weight)

    def _form_of(self, kind: str) -> Form:
        return "labels" if kind == "multiclass" else "bits"

    def _build(self, data: Rows, rng: np.random.RandomState) -> Any:
        self.out_activation_ = "softmax" if self._targets_kind == "multiclass" else "logistic"
        return super()._build(data, rng)

    def _loss(self) -> losses.Part:
        return losses.log_loss if self.out_activation_ == "softmax" else losses.binary_log_loss

    def _stratified(self) -> bool:
        return self._columns == 1  # as scikit-learn has it: two classes

    def _score_of(self, outputs: Array, held_out: Rows) -> float:
        said = outputs.argmax(axis=1) if self.out_activation_ == "softmax" else outputs > 0
        return float(accuracy_score(held_out.targets, said, sample_weight=held_out.weights))


class MLPRegressor(Values, BaseMLP):
    """A multilayer perceptron for one or several values.

    The settings are those of ``sklearn.neural_network.MLPRegressor``, which see; with the same ``random_state`` it
    trains to the same weights, to rounding. ``callbacks`` and the attributes are as for `MLPClassifier`; ``loss_`` is
    summed over several targets, where scikit-learn reports the mean.

    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> net = MLPRegressor(hidden_layer_sizes=(16,), solver="lbfgs", random_state=0)
    >>> net.fit(X, 3 * X[:, 0]).score(X, 3 * X[:, 0]) > 0.99
    True
    """

    loss: str
    _parameter_constraints: ClassVar[dict[str, Any]] = neural_network.MLPRegressor._parameter_constraints

    def __init__(
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
        callbacks: Sequence[Callback] | None = None,
    ) -> None:
        keep(self, locals())

    @available_if(stochastic)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """One more epoch, on these rows, from where the last one ended."""
        return super().partial_fit(X, y, sample_weight)

    def _encode(self, y: Array, learn: bool) -> Array:
        values = super()._encode(y, learn)
        if self.loss == "poisson" and (values < 0).any():
            raise ValueError("y has negative values, which loss='poisson' does not allow")
        return values

    def _build(self, data: Rows, rng: np.random.RandomState) -> Any:
        self.out_activation_ = "exp" if self.loss == "poisson" else "identity"
        return super()._build(data, rng)

    def _loss(self) -> losses.Part:
        return losses.poisson if self.loss == "poisson" else losses.squared_error

    def _stratified(self) -> bool:
        return False

    def _values(self, outputs: Array) -> Array:
        return super()._values(np.exp(outputs) if self.out_activation_ == "exp" else outputs)

    def _score_of(self, outputs: Array, held_out: Rows) -> float:
        said = self._values(outputs)
        if not np.isfinite(said).all():
            return float("nan")
        return float(r2_score(held_out.targets, said, sample_weight=held_out.weights))
