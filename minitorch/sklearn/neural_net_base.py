"""What NeuralNetClassifier and NeuralNetRegressor share: parts made from parameters, and a Trainer around them."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from minitorch import nn, optim
from minitorch.core import dtypes
from minitorch.core.generator import manual_seed
from minitorch.core.mode import no_grad
from minitorch.optim import lr_scheduler
from minitorch.sklearn.base import Net
from minitorch.sklearn.batches import Batches, Rows, held_weight, tensor_of
from minitorch.sklearn.losses import RowLoss
from minitorch.sklearn.modules import MLP
from minitorch.sklearn.nested import Nested, accepted, made, named
from minitorch.sklearn.solvers import ClosureTrainer
from minitorch.sklearn.targets import Classes
from minitorch.train.callbacks import Callback
from minitorch.train.loop import Trainer
from minitorch.train.metrics import Metric
from minitorch.train.windows import holder


class BaseNeuralNet(Nested, Net):
    """A module, a criterion and an optimizer as scikit-learn's parameters.

    Args:
        module: a class or function that makes a module, or a module (every fit trains a copy of it). It is called with
            the ``module__...`` arguments, and where it takes ``in_features`` and ``out_features`` and they are not
            among those, with the sizes that the data ask for. None is `MLP`.
        criterion: a class of `minitorch.nn` or its name.
        optimizer: a class of `minitorch.optim` or its name; ``lr`` is its learning rate.
        scheduler: a class of `minitorch.optim.lr_scheduler` or its name, stepped after every epoch; or None.
        max_epochs, batch_size, shuffle: how long and in what portions.
        validation_fraction: the share of rows held out, for the figures ``val_...`` that callbacks may watch; or None.
        callbacks: `minitorch.train.Callback` objects, as `EarlyStopping`; every fit works on copies.
        accumulate, clip_norm: as in `minitorch.train.Trainer`.
        dtype: what X is converted to. None keeps float64 and float32; the module computes in the same.
        warm_start: whether ``fit`` goes on from the weights of the last fit.
        random_state: seeds weights, shuffling and dropout. None draws from NumPy's generator.
        verbose: whether to print a line an epoch.

    After a fit, ``module_`` and ``optimizer_`` are those that were trained, ``history_`` has the figures of every
    epoch, and ``n_iter_`` is the number of epochs.
    """

    _parts = ("module", "criterion", "optimizer", "scheduler")
    _allow_nd = True

    module: Any
    criterion: Any
    optimizer: Any
    scheduler: Any
    lr: float | None
    max_epochs: int
    batch_size: int
    shuffle: bool
    validation_fraction: float | None
    callbacks: Sequence[Callback] | None
    accumulate: int
    clip_norm: float | None
    verbose: bool

    n_iter_: int
    history_: list[dict[str, Any]]

    def _check_settings(self, partial: bool) -> None:
        for name in ("max_epochs", "batch_size", "accumulate"):
            if not isinstance(value := getattr(self, name), (int, np.integer)) or value < 1:
                raise ValueError(f"{name} should be a whole number of 1 or more, got {value!r}")
        share = self.validation_fraction
        if share is not None and not 0 < share < 1:
            raise ValueError(f"validation_fraction should be None or between 0 and 1, got {share!r}")

    def _rng(self, first: bool) -> np.random.RandomState:
        """One stream from the first fit over all that continue it; modules and dropout draw from minitorch's."""
        if first or not hasattr(self, "_stream"):
            self._stream = super()._rng(first)
        manual_seed(int(self._stream.randint(2**31)))
        return self._stream

    def _build(self, data: Rows, rng: np.random.RandomState) -> nn.Module:
        self.history_ = []
        arguments = self._arguments("module")
        if isinstance(self.module, nn.Module):
            if arguments:
                given = ", ".join(f"module__{name}" for name in arguments)
                raise ValueError(f"module is a module already, so {given} cannot be given: give its class")
            module = copy.deepcopy(self.module)
        else:
            factory = MLP if self.module is None else self.module
            sizes = {"in_features": data.inputs.shape[-1], "out_features": self._columns}
            sizes = {name: size for name, size in sizes.items() if name in accepted(factory)[0]}
            module = made("module", factory, **sizes | arguments)
        if self._input_dtype.kind == "f":
            module.to(self._float_dtype)
        self._try(module, data)
        return module

    def _try(self, module: nn.Module, data: Rows) -> None:
        """One row through the module, which gives lazy layers their sizes, to see whether the outputs are as needed."""
        training = [(part, part.training) for part in module.modules()]
        module.eval()
        with no_grad():
            shape = tuple(module(tensor_of(data.inputs[:1])).shape)
        for part, mode in training:
            part.training = mode
        if shape != (1, self._columns) and not (shape == (1,) and self._columns == 1):
            raise ValueError(
                f"the module gives an output of shape {shape} for one row, {(1, self._columns)} is needed: let its "
                "last layer have that many outputs (a module class that takes out_features is told)"
            )

    def _train(self, data: Rows, rng: np.random.RandomState, partial: bool, first: bool) -> None:
        train, val = self._divided(data, rng)
        if first or not partial or not hasattr(self, "optimizer_"):
            self.optimizer_ = self._new_optimizer()
            scheduler = named("scheduler", lr_scheduler, self.scheduler)
            options = self._arguments("scheduler")
            self._scheduler = scheduler and made("scheduler", scheduler, self.optimizer_, **options)
        loss, held = self._loss_of(train.weights is not None)
        trainer = (ClosureTrainer if isinstance(self.optimizer_, optim.LBFGS) else Trainer)(
            self.module_,
            loss,
            self.optimizer_,
            scheduler=self._scheduler,
            monitor="val_loss" if val else "train_loss",
            epochs=1 if partial else self.max_epochs,
            accumulate=self.accumulate,
            clip_norm=self.clip_norm,
            metrics=self._metric(),
            held=held,
            callbacks=[*copy.deepcopy(list(self.callbacks or ())), *([Lines()] if self.verbose else [])],
        )
        self.history_ += trainer.fit(
            Batches(train, self.batch_size, rng if self.shuffle else None),
            Batches(val, self.batch_size) if val else None,
        )
        self.n_iter_ = trainer.epoch

    def _divided(self, data: Rows, rng: np.random.RandomState) -> tuple[Rows, Rows | None]:
        if self.validation_fraction is None:
            return data, None
        train, val = train_test_split(
            np.arange(len(data)), test_size=self.validation_fraction, random_state=rng,
            stratify=data.targets if isinstance(self, Classes) else None,
        )  # fmt: skip
        return data.at(train), data.at(val)

    def _new_optimizer(self) -> optim.Optimizer:
        arguments = self._arguments("optimizer")
        if self.lr is not None:
            arguments = {"lr": self.lr} | arguments
        optimizer: optim.Optimizer = made(
            "optimizer", named("optimizer", optim, self.optimizer), self.module_.parameters(), **arguments
        )
        return optimizer

    def _loss_of(self, has_weights: bool) -> tuple[RowLoss, Callable[[Any], float]]:
        """The loss, and how much of its mean a target stands for."""
        factory, arguments = self._criterion, self._arguments("criterion")
        mean, rows = made("criterion", factory, **arguments), None
        if has_weights:
            rows = made("criterion", factory, **arguments | {"reduction": "none"})
        elif getattr(mean, "reduction", "mean") != "mean":
            raise ValueError(f"criterion__reduction should be 'mean', got {mean.reduction!r}")
        dtype = self._float_dtype
        for criterion in (mean, rows):
            if isinstance(criterion, nn.Module):  # weights of classes are in its buffers
                criterion.to(dtype)
        return RowLoss(mean, rows), held_weight if has_weights else holder(mean)

    @property
    def _float_dtype(self) -> Any:
        return dtypes.float64 if self._float == np.float64 else dtypes.float32

    @property
    @abstractmethod
    def _criterion(self) -> Callable[..., nn.Module]:
        """What makes the criterion."""

    @property
    @abstractmethod
    def _columns(self) -> int:
        """How many outputs the module needs."""

    def _metric(self) -> Callable[[], Metric] | None:
        return None


class Lines(Callback):
    """A line an epoch."""

    def on_epoch_end(self, trainer: Trainer) -> None:
        figures = (f"{name} {value:.4g}" for name, value in trainer.figures.items() if name not in ("epoch", "step"))
        print(f"epoch {trainer.epoch}: {', '.join(figures)}")
