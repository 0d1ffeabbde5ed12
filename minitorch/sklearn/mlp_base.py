"""What MLPClassifier and MLPRegressor share: scikit-learn's settings, first weights, solvers, stopping, attributes."""

from __future__ import annotations

import copy
import math
import warnings
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from minitorch.core.tensor import wrap
from minitorch.sklearn.base import Net
from minitorch.sklearn.batches import Array, Batches, Rows, held_weight
from minitorch.sklearn.losses import MeanLoss, Part, PenalisedLoss
from minitorch.sklearn.modules import MLP
from minitorch.sklearn.solvers import (
    ClosureTrainer,
    DecayTrainer,
    EpsilonHat,
    InverseScaling,
    NoImprovement,
    optimizer_of,
)
from minitorch.train.callbacks import Callback
from minitorch.train.loop import Trainer


def stochastic(estimator: Any) -> bool:
    """For `available_if`: L-BFGS has no epochs, so no ``partial_fit``."""
    if estimator.solver == "lbfgs":
        raise AttributeError("partial_fit is only available for stochastic optimizers. lbfgs is not stochastic.")
    return True


def keep(estimator: object, settings: Mapping[str, Any]) -> None:
    """Store a constructor's arguments as they are."""
    for name, value in settings.items():
        if name not in ("self", "__class__"):
            setattr(estimator, name, value)


class BaseMLP(Net):
    """scikit-learn's multilayer perceptron. With the same ``random_state`` it starts from the same weights, shuffles
    the same way and takes the same steps as scikit-learn's own, to rounding."""

    hidden_layer_sizes: Any
    activation: str
    solver: str
    alpha: float
    batch_size: Any
    learning_rate: str
    learning_rate_init: float
    power_t: float
    max_iter: int
    shuffle: bool
    tol: float
    verbose: bool
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: float
    beta_2: float
    epsilon: float
    callbacks: Any

    module_: MLP
    out_activation_: str
    n_iter_: int
    loss_: float
    loss_curve_: list[float]

    def _check_settings(self, partial: bool) -> None:
        self._validate_params()
        if partial and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")

    def _build(self, data: Rows, rng: np.random.RandomState) -> MLP:
        """First weights and biases from U(-b, b), b² = 6 / (in + out), or 2 / (in + out) for logistic.

        Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
        """
        sizes = self.hidden_layer_sizes
        sizes = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
        if any(size <= 0 for size in sizes):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
        module = MLP(data.inputs.shape[1], self._columns, sizes, self.activation)
        for weight, bias in zip(module.weights, module.biases, strict=True):
            shape = tuple(weight.shape)[::-1]
            bound = math.sqrt((2 if self.activation == "logistic" else 6) / sum(shape))
            weight.data = wrap(np.array(rng.uniform(-bound, bound, shape).T, self._float, order="C"))
            bias.data = wrap(rng.uniform(-bound, bound, shape[1]).astype(self._float))
        self.loss_curve_ = []
        return module

    def _train(self, data: Rows, rng: np.random.RandomState, partial: bool, first: bool) -> None:
        train, score = self._held_out(data, rng) if self.early_stopping and self.solver != "lbfgs" else (data, None)
        size = self._batch_size(len(train))
        weights = self.module_.weights
        if first or not partial or not hasattr(self, "optimizer_"):
            self.optimizer_ = optimizer_of(self, weights, self.module_.biases)
            self._schedule = EpsilonHat(self.optimizer_, self.epsilon, self.beta_2) if self.solver == "adam" else None
            self._progress = NoImprovement(self)
            self._scaling = InverseScaling(self.learning_rate_init, self.power_t)
        progress = self._progress
        progress.score = score
        own: list[Callback] = [progress] if self.solver != "lbfgs" else []
        if self.solver == "sgd" and self.learning_rate == "invscaling":
            own.insert(0, self._scaling)
        options: dict[str, Any] = {
            "scheduler": self._schedule,
            "interval": "step",
            "epochs": 1 if partial or self.solver == "lbfgs" else self.max_iter,
            "held": held_weight,
            "callbacks": [*own, *copy.deepcopy(list(self.callbacks or ()))],
        }
        trainer: Trainer
        if self.solver == "lbfgs":
            loss = PenalisedLoss(self._loss(), self.alpha, weights)
            trainer = ClosureTrainer(self.module_, loss, self.optimizer_, **options)
        else:
            trainer = DecayTrainer(self.module_, MeanLoss(self._loss()), self.optimizer_, **options)
            trainer.alpha = self.alpha
        try:
            history = trainer.fit(Batches(train, size, rng if self.shuffle and self.solver != "lbfgs" else None))
        finally:
            progress.score = None  # it holds rows, which are not to be kept or pickled
        self._report(trainer, history, progress, partial)

    def _report(self, trainer: Trainer, history: list[Any], progress: NoImprovement, partial: bool) -> None:
        """The attributes that scikit-learn's estimators have after a fit."""
        if self.solver == "lbfgs":
            state = self.optimizer_.state[self.optimizer_.param_groups[0]["params"][0]]
            self.n_iter_, converged = int(state["n_iter"]), int(state["n_iter"]) < self.max_iter
            self.loss_ = trainer.evaluate(trainer.train_loader)["loss"]
        else:
            self.loss_curve_ += [figures["train_loss"] for figures in history]
            self.n_iter_, self.loss_, converged = len(history), self.loss_curve_[-1], trainer.should_stop
            self.validation_scores_ = progress.scores if self.early_stopping else None
            self.best_validation_score_ = progress.best if self.early_stopping else None
            self.best_loss_ = None if self.early_stopping else -progress.best
        self.n_layers_, self.n_outputs_ = len(self.module_.weights) + 1, self._columns
        if not converged and not partial:
            warnings.warn(
                f"Maximum iterations ({self.max_iter}) reached and the optimization hasn't converged yet.",
                ConvergenceWarning,
                stacklevel=5,
            )

    def _held_out(self, data: Rows, rng: np.random.RandomState) -> tuple[Rows, Callable[[], float]]:
        """The rows to train on, and a function that scores the model on the others."""
        stratify = data.targets if self._stratified() else None
        rows = np.arange(len(data))
        train, val = train_test_split(rows, random_state=rng, test_size=self.validation_fraction, stratify=stratify)
        if len(val) < 2:
            raise ValueError("The validation set is too small. Increase 'validation_fraction' or the number of rows.")
        held_out = data.at(val)
        return data.at(train), lambda: self._score_of(self._through(held_out.inputs), held_out)

    def _batch_size(self, rows: int) -> int:
        if self.solver == "lbfgs":
            return rows
        if self.batch_size == "auto":
            return min(200, rows)
        if self.batch_size > rows:
            warnings.warn(f"batch_size={self.batch_size} is larger than the {rows} rows: one batch", stacklevel=5)
        return min(int(self.batch_size), rows)

    @abstractmethod
    def _loss(self) -> Part:
        """What is averaged over rows."""

    @abstractmethod
    def _stratified(self) -> bool:
        """Whether the rows held out are to have the classes in proportion."""

    @abstractmethod
    def _score_of(self, outputs: Array, held_out: Rows) -> float:
        """How good the module's outputs are on rows held out."""

    @property
    @abstractmethod
    def _columns(self) -> int:
        """How many outputs the module needs."""

    @property
    def coefs_(self) -> list[Array]:
        """The weights of each layer, (in, out): views of the module's."""
        return [weight.array.T for weight in self._fitted.weights]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer, (out,)."""
        return [bias.array for bias in self._fitted.biases]

    @property
    def _fitted(self) -> MLP:
        if not hasattr(self, "module_"):
            raise AttributeError(f"{type(self).__name__} has no weights before fit")
        return self.module_
