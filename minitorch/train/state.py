"""What a trainer knows, to be written down at any step and gone on from, bit for bit.

A checkpoint is taken between two windows, so no gradients are part of it: a window that a kill cut short is begun
again from its first micro-batch. The place inside an epoch is the number of micro-batches done and the state of all
random generators when the epoch began: the loader is started again from there, the batches that are done are drawn
and dropped (they are slices of arrays), and the generators are put to where they were.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import Module
from minitorch.optim import Optimizer
from minitorch.train import checkpoint, randomness
from minitorch.train.callbacks import Callback
from minitorch.train.metrics import Metric
from minitorch.train.windows import MicroBatch


class Total:
    """The loss and the figures over many micro-batches, each weighted by what it holds."""

    def __init__(self, metrics: Callable[[], Metric] | None) -> None:
        self.metric = metrics() if metrics else None
        self.loss = self.held = 0.0

    def add(self, loss: Tensor, output: Tensor, batch: MicroBatch) -> float:
        """Take in one micro-batch; gives its part of the window's loss."""
        if batch.held == 0.0:
            return 0.0
        value = float(loss.item())
        self.loss += value * batch.held
        self.held += batch.held
        if self.metric is not None:
            self.metric.update(output, batch.target)
        return value * batch.share

    def figures(self, prefix: str) -> dict[str, float]:
        """The mean loss and the metric's figures, under names with a prefix."""
        mean = self.loss / self.held if self.held else math.nan
        named = {"loss": mean} | (self.metric.compute() if self.metric else {})
        return {prefix + name: value for name, value in named.items()}

    def state_dict(self) -> dict[str, Any]:
        return {"loss": self.loss, "held": self.held, "metric": self.metric.state_dict() if self.metric else None}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.loss, self.held = state["loss"], state["held"]
        if self.metric is not None:
            self.metric.load_state_dict(state["metric"])


class TrainerState:
    """The part of a `Trainer` that is remembered."""

    model: Module
    optimizer: Optimizer
    scheduler: Any
    callbacks: list[Callback]
    train_loader: Iterable[Any] = ()
    val_loader: Iterable[Any] | None = None

    def __init__(self, metrics: Callable[[], Metric] | None) -> None:
        self.epoch = self.step = self.batch = 0  # epochs and steps done, micro-batches of this epoch done
        self.should_stop = False  # a callback may set it
        self.train_total = Total(metrics)
        self.history: list[dict[str, Any]] = []
        self.epoch_random: dict[str, Any] = {}  # the generators when this epoch began
        self._resumed_random: dict[str, Any] | None = None

    def save(self, path: str | Path) -> None:
        """Write a checkpoint, whole or not at all."""
        checkpoint.save(path, self.state_dict())

    def load(self, path: str | Path) -> None:
        """Go on from a checkpoint: call it before `fit`, on a trainer made as the one that wrote it."""
        self.load_state_dict(checkpoint.load(path))

    def state_dict(self) -> dict[str, Any]:
        """Model, optimizer, schedule, counters, place in the epoch, random generators and callbacks."""
        return {
            "epoch": self.epoch,
            "step": self.step,
            "batch": self.batch,
            "should_stop": self.should_stop,
            "train_total": self.train_total.state_dict(),
            "history": self.history,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict() if self.scheduler is not None else None,
            "random": randomness.capture(self.train_loader, self.val_loader),
            "epoch_random": self.epoch_random if self.batch else None,
            "callbacks": [[type(c).__name__, c.state_dict()] for c in self.callbacks if c.lasting],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` gave; the loader's place is taken up when `fit` is called.

        Raises `ValueError` when the callbacks are not those of the checkpoint.
        """
        callbacks = [c for c in self.callbacks if c.lasting]
        names, saved = [type(c).__name__ for c in callbacks], [name for name, _ in state["callbacks"]]
        if names != saved:
            raise ValueError(f"the checkpoint was written with callbacks {saved}, this trainer has {names}")
        if (self.scheduler is None) != (state["scheduler"] is None):
            raise ValueError("the checkpoint and this trainer differ in whether they have a scheduler")
        self.epoch, self.step, self.batch = state["epoch"], state["step"], state["batch"]
        self.should_stop, self.history = state["should_stop"], state["history"]
        self.train_total.load_state_dict(state["train_total"])
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        for callback, (_, remembered) in zip(callbacks, state["callbacks"], strict=True):
            callback.load_state_dict(remembered)
        self.epoch_random, self._resumed_random = state["epoch_random"], state["random"]

    def batches(self) -> Iterator[Any]:
        """The loader's batches for this epoch, from where it was left."""
        if self._resumed_random is None:
            self.epoch_random = randomness.capture(self.train_loader, self.val_loader)
            return iter(self.train_loader)
        now, self._resumed_random = self._resumed_random, None
        self.epoch_random = self.epoch_random if self.batch else now
        randomness.restore(self.epoch_random, self.train_loader, self.val_loader)
        if self.batch == 0:
            return iter(self.train_loader)
        stream = iter(self.train_loader)
        for _ in islice(stream, self.batch):
            pass
        randomness.restore(now, self.train_loader, self.val_loader)
        return stream
