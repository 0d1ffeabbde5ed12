"""Moments of a training to hook into, and what is usually hooked there: stopping early, keeping checkpoints."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from minitorch.train import checkpoint

if TYPE_CHECKING:
    from minitorch.train.loop import Trainer

Mode = Literal["min", "max"]


class Callback:
    """An empty method a moment: override those you need.

    A callback that remembers things says so in `state_dict`, so that a resumed training goes on as if never stopped.

    >>> class Print(Callback):
    ...     def on_epoch_end(self, trainer):
    ...         print(trainer.epoch, trainer.figures["train_loss"])
    """

    lasting = True  # part of checkpoints; False for one that only looks on, and may be absent when resuming

    def on_fit_start(self, trainer: Trainer) -> None:
        """Before the first epoch; ``trainer.epoch`` and ``trainer.step`` are not 0 when a training is resumed."""

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Before the first window of an epoch, and before the first one after resuming in its middle."""

    def on_window_end(self, trainer: Trainer) -> None:
        """After an optimizer step and the schedule's."""

    def on_epoch_end(self, trainer: Trainer) -> None:
        """After validation; the epoch's figures are in ``trainer.figures``."""

    def on_fit_end(self, trainer: Trainer) -> None:
        """After the last epoch."""

    def on_failure(self, trainer: Trainer, error: BaseException) -> None:
        """When the training raised, or was interrupted; the exception goes on its way."""

    def state_dict(self) -> dict[str, Any]:
        """What this callback remembers (numbers, strings, tensors, lists and dicts of them)."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Remember it again."""


class Best:
    """The best value of a figure so far; better means lower or higher by more than ``min_delta``."""

    def __init__(self, monitor: str, mode: Mode | None = None, min_delta: float = 0.0) -> None:
        self.monitor, self.min_delta = monitor, min_delta
        self.mode: Mode = mode or mode_of(monitor)
        self.value: float | None = None

    def improved(self, figures: dict[str, Any]) -> bool:
        """Whether an epoch's figures are the best so far; they are then remembered."""
        if self.monitor not in figures:
            raise ValueError(f"monitor: no figure is called {self.monitor!r}, there are {', '.join(figures)}")
        value = float(figures[self.monitor])
        sign = 1.0 if self.mode == "min" else -1.0
        better = not math.isnan(value) and (self.value is None or sign * (self.value - value) > self.min_delta)
        if better:
            self.value = value
        return better


def mode_of(monitor: str) -> Mode:
    """Accuracy and r2 are better when higher, every other figure when lower."""
    return "max" if monitor.endswith(("accuracy", "r2")) else "min"


class EarlyStopping(Callback):
    """Stop when a figure has not become better for ``patience`` epochs (``None``: never).

    With ``restore_best`` the model ends with the weights of its best epoch. The best weights are part of the state.
    """

    def __init__(
        self,
        patience: int | None = 10,
        monitor: str = "val_loss",
        mode: Mode | None = None,
        min_delta: float = 0.0,
        restore_best: bool = False,
    ) -> None:
        self.patience, self.restore_best = patience, restore_best
        self.best = Best(monitor, mode, min_delta)
        self.waited = 0
        self.weights: dict[str, Any] | None = None

    def on_epoch_end(self, trainer: Trainer) -> None:
        if self.best.improved(trainer.figures):
            self.waited = 0
            if self.restore_best:
                self.weights = _copied(trainer.judged.state_dict())
        else:
            self.waited += 1
        if self.patience is not None and self.waited >= self.patience:
            trainer.should_stop = True

    def on_fit_end(self, trainer: Trainer) -> None:
        if self.weights is not None:
            trainer.model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best.value, "waited": self.waited, "weights": self.weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best.value, self.waited, self.weights = state["best"], state["waited"], state["weights"]


class Checkpoint(Callback):
    """Keep ``last.safetensors`` (everything needed to go on) and ``best.safetensors`` (the best epoch's weights).

    The last checkpoint is written every ``every`` optimizer steps if given, whenever the one before is ``seconds`` old
    (looked at after every window and epoch; 0 means after every one), and at the end. It belongs after all other
    callbacks, whose state it takes; `Trainer` sees to that.

    The best one is written just before the next last one. So a state on disk never speaks of a best that is not.
    """

    def __init__(
        self,
        folder: str | Path,
        monitor: str = "val_loss",
        mode: Mode | None = None,
        every: int | None = None,
        seconds: float = 1.0,
    ) -> None:
        self.folder = Path(folder)
        self.every, self.seconds = every, seconds
        self.best = Best(monitor, mode)
        self.saved_at = time.monotonic()
        self.unsaved: dict[str, Any] | None = None  # the best epoch, until it is on disk

    @property
    def last_path(self) -> Path:
        return self.folder / "last.safetensors"

    @property
    def best_path(self) -> Path:
        return self.folder / "best.safetensors"

    def on_fit_start(self, trainer: Trainer) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.saved_at = time.monotonic()

    def on_window_end(self, trainer: Trainer) -> None:
        if self.is_due() or (self.every and trainer.step % self.every == 0):
            self.save(trainer)

    def on_epoch_end(self, trainer: Trainer) -> None:
        if self.best.improved(trainer.figures):
            figures = dict(trainer.figures)
            self.unsaved = {"model": _copied(trainer.judged.state_dict()), "figures": figures}
        if self.is_due() or trainer.finished:
            self.save(trainer)

    def is_due(self) -> bool:
        return time.monotonic() - self.saved_at >= self.seconds

    def save(self, trainer: Trainer) -> None:
        if self.unsaved is not None:
            checkpoint.save(self.best_path, self.unsaved)
            self.unsaved = None
        trainer.save(self.last_path)
        self.saved_at = time.monotonic()

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best.value}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best.value = state["best"]


def _copied(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value.detach().clone() for name, value in state.items()}
