"""scikit-learn's solvers on minitorch's optimizers, step for step, and when they end."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.optim import LBFGS, SGD, Adam, Optimizer
from minitorch.train.callbacks import Callback, Checkpoint
from minitorch.train.loop import Trainer
from minitorch.train.windows import MicroBatch


def optimizer_of(settings: Any, weights: list[Tensor], biases: list[Tensor]) -> Optimizer:
    """The optimizer that an MLP's settings describe; the weights are its first group."""
    parameters = [{"params": weights}, {"params": biases}]
    lr = settings.learning_rate_init
    if settings.solver == "adam":
        return Adam(parameters, lr=lr, betas=(settings.beta_1, settings.beta_2), eps=settings.epsilon)
    if settings.solver == "sgd":
        nesterov = settings.nesterovs_momentum and settings.momentum > 0
        return SGD(parameters, lr=lr, momentum=settings.momentum, nesterov=nesterov)
    return LBFGS(
        [*weights, *biases], max_iter=settings.max_iter, max_eval=settings.max_fun, tolerance_grad=settings.tol,
        history_size=10, line_search_fn="strong_wolfe",
    )  # fmt: skip


class EpsilonHat:
    """A schedule for Adam's ε: scikit-learn adds it to √v, PyTorch to √(v / (1 - β₂ᵗ)).

    Kingma and Ba (2015) call the first one ε̂, end of section 2.
    """

    def __init__(self, optimizer: Optimizer, epsilon: float, beta: float) -> None:
        self.optimizer, self.epsilon, self.beta, self.t = optimizer, epsilon, beta, 0
        self.step()

    def step(self) -> None:
        self.t += 1
        for group in self.optimizer.param_groups:
            group["eps"] = self.epsilon / math.sqrt(1 - self.beta**self.t)

    def state_dict(self) -> dict[str, Any]:
        return {"t": self.t}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.t = state["t"] - 1
        self.step()


def set_rate(optimizer: Optimizer, lr: float) -> None:
    """A new learning rate from the next step on.

    scikit-learn's velocity has the rates of its steps in it, PyTorch's is multiplied by the rate when it is applied.
    """
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            velocity = optimizer.state[parameter].get("momentum_buffer")
            if velocity is not None:
                velocity.mul_(group["lr"] / lr)
        group["lr"] = lr


class InverseScaling(Callback):
    """lr = lr₀ / (t + 1)^power after every epoch, t counting rows."""

    def __init__(self, lr: float, power: float) -> None:
        self.lr, self.power, self.t = lr, power, 0

    def on_epoch_end(self, trainer: Trainer) -> None:
        self.t += len(trainer.train_loader.data)  # type: ignore[attr-defined]
        set_rate(trainer.optimizer, self.lr / (self.t + 1) ** self.power)


class NoImprovement(Callback):
    """Ends when the loss has not become smaller by ``tol`` for more than ``patience`` epochs, or the score greater.

    Unlike `EarlyStopping`, it measures against the best value, whether or not that was better by ``tol``. An adaptive
    rate is divided by 5 instead, until it is below 1e-6. With a score the model ends with its best epoch's weights.
    """

    score: Callable[[], float] | None = None  # of the rows that were held out

    def __init__(self, settings: Any) -> None:
        self.tol, self.patience, self.verbose = settings.tol, settings.n_iter_no_change, settings.verbose
        self.adaptive = settings.solver == "sgd" and settings.learning_rate == "adaptive"
        self.best, self.waited = -math.inf, 0
        self.scores: list[float] = []
        self.weights: Any = None

    def on_epoch_end(self, trainer: Trainer) -> None:
        loss = trainer.figures["train_loss"]
        if self.verbose:
            print(f"Iteration {trainer.epoch}, loss = {loss:.8f}")
        value = -loss if self.score is None else self.score()
        self.waited = self.waited + 1 if value < self.best + self.tol else 0
        if self.score is not None:
            self.scores.append(value)
            if self.verbose:
                print(f"Validation score: {value:.6f}")
        if value > self.best:
            self.best = value
            if self.score is not None:
                self.weights = copy.deepcopy(trainer.model.state_dict())
        if self.waited > self.patience:
            self.end(trainer)

    def end(self, trainer: Trainer) -> None:
        lr = float(trainer.optimizer.param_groups[0]["lr"])
        what = "Training loss" if self.score is None else "Validation score"
        message = f"{what} did not improve more than tol={self.tol:f} for {self.patience} consecutive epochs."
        if self.adaptive and lr > 1e-6:
            self.waited = 0
            set_rate(trainer.optimizer, lr / 5)
            message += f" Setting learning rate to {lr / 5:f}"
        else:
            trainer.should_stop = True
            message += " Learning rate too small. Stopping." if self.adaptive else " Stopping."
        if self.verbose:
            print(message)

    def on_fit_end(self, trainer: Trainer) -> None:
        if self.weights is not None:
            trainer.model.load_state_dict(self.weights)


class DecayTrainer(Trainer):
    """A trainer with the penalty alpha / 2 times the squared weights over the number of rows, as decay of the weights.

    Without a `Checkpoint` it does not note the state of all generators before every epoch.
    """

    alpha = 0.0

    def batches(self) -> Iterator[Any]:
        keeps = any(isinstance(callback, Checkpoint) for callback in self.callbacks)
        return super().batches() if keeps else iter(self.train_loader)

    def fit_window(self, window: list[MicroBatch]) -> None:
        if self.alpha:
            group = self.optimizer.param_groups[0]
            held = sum(batch.held for batch in window)
            group["weight_decay"] = self.alpha / held
            flat = [weight.array.ravel() for weight in group["params"]]
            self.train_total.loss += 0.5 * self.alpha * sum(float(w @ w) for w in flat)  # once divided by held
        super().fit_window(window)


class ClosureTrainer(Trainer):
    """A trainer for optimizers that compute the loss anew several times a step, as L-BFGS does."""

    def fit_window(self, window: list[MicroBatch]) -> None:
        totals = [self.train_total]  # the figures are those of the first time
        step: Any = self.optimizer.step
        self.check(step(lambda: self.learn(window, totals.pop() if totals else None)), window)
        self.step, self.batch = self.step + 1, self.batch + len(window)
        self.schedule("step")
        self.notify("on_window_end")
