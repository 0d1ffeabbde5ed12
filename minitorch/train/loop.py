"""The training loop: zero_grad, forward, loss, backward, clip, step, schedule, notify."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from minitorch import capture
from minitorch.core.mode import no_grad
from minitorch.nn import Module
from minitorch.nn.utils import clip_grad_norm_, clip_grad_value_
from minitorch.optim import Optimizer
from minitorch.optim.lr_scheduler import ReduceLROnPlateau
from minitorch.train import not_finite
from minitorch.train.callbacks import Callback, Checkpoint
from minitorch.train.metrics import Metric
from minitorch.train.state import Total, TrainerState
from minitorch.train.windows import Loss, MicroBatch, averages, holder, windows


def passes(model: Module, loss: Loss) -> Callable[[tuple[Any, ...], Any, float], tuple[Any, Any]]:
    """The forward and backward pass of a micro-batch, whose loss counts for its share of the window."""

    def differentiate(inputs: tuple[Any, ...], target: Any, share: float) -> tuple[Any, Any]:
        output = model(*inputs)
        value = loss(output, target)
        (value if share == 1.0 else value * share).backward()
        return value, output

    return differentiate


class Trainer(TrainerState):
    """Fits a model; everything it does is in the methods `fit`, `fit_epoch` and `fit_window` below.

    Args:
        model, loss, optimizer: as PyTorch has them; ``loss(output, target)`` gives a mean or a sum.
        scheduler: steps after every epoch, or with ``interval="step"`` after every optimizer step;
            ReduceLROnPlateau is told the figure called ``monitor``.
        epochs, max_steps: when to end.
        accumulate: micro-batches (batches of the loader) that make one optimizer step.
        compile: records forward, loss and backward pass, and replays them: faster, with the same numbers.
        clip_norm, clip_value: bounds for the norm of all gradients, and for each of them.
        metrics: makes a `Metric`, as `Accuracy` does; its figures are named ``train_...`` and ``val_...``.
        held: how much of the loss's mean a target stands for, when it is a loss that `windows.holder` does not know.
        callbacks: called in order at every moment, a `Checkpoint` last.

    A batch is ``(input, target)``, or ``(input, ..., target)`` for a model with several inputs. Modules that you have
    put in ``eval()`` mode yourself stay in it while the model trains.

    >>> import minitorch
    >>> from minitorch import nn, optim
    >>> model = nn.Linear(2, 1)
    >>> trainer = Trainer(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), epochs=30)
    >>> history = trainer.fit([(minitorch.ones(4, 2), minitorch.ones(4, 1))])
    >>> history[-1]["epoch"], history[-1]["train_loss"] < 0.01
    (30, True)
    """

    def __init__(
        self,
        model: Module,
        loss: Loss,
        optimizer: Optimizer,
        *,
        scheduler: Any = None,
        interval: Literal["epoch", "step"] = "epoch",
        monitor: str = "val_loss",
        epochs: int = 10,
        max_steps: int | None = None,
        accumulate: int = 1,
        compile: bool = False,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        metrics: Callable[[], Metric] | None = None,
        held: Callable[[Any], float] | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        if epochs < 0 or accumulate < 1:
            raise ValueError(f"epochs must be 0 or more and accumulate 1 or more, got {epochs} and {accumulate}")
        super().__init__(metrics)
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.differentiate = capture.compile(passes(model, loss), disable=not compile)
        self.judged = model  # whose figures are taken and whose weights are kept: a callback may put an average here
        self.scheduler, self.interval, self.monitor = scheduler, interval, monitor
        self.epochs, self.max_steps, self.accumulate = epochs, max_steps, accumulate
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.metrics, self.held, self.averages = metrics, held or holder(loss), averages(loss)
        self.callbacks = sorted(callbacks, key=lambda c: isinstance(c, Checkpoint))
        self.parameters = [p for group in optimizer.param_groups for p in group["params"]]

        self.window_loss = 0.0
        self.window_figures: dict[str, float] = {}
        self.figures: dict[str, Any] = {}

    def fit(self, train: Iterable[Any], val: Iterable[Any] | None = None) -> list[dict[str, Any]]:
        """Train until ``epochs`` or ``max_steps`` are done or a callback says stop; give the figures of every epoch."""
        self.train_loader, self.val_loader = train, val
        self.notify("on_fit_start")
        try:
            if not self.model.training:
                self.model.train()
            while not self.finished:
                self.fit_epoch()
        except BaseException as error:
            for callback in self.callbacks:
                callback.on_failure(self, error)
            raise
        self.notify("on_fit_end")
        return self.history

    def fit_epoch(self) -> None:
        """Every window of the loader, then validation."""
        self.notify("on_epoch_start")
        for window in windows(self.batches(), self.accumulate, self.held, self.averages):
            if self.stopping:
                break
            self.fit_window(window)
        self.gather_figures()
        self.schedule("epoch")
        self.notify("on_epoch_end")

    def fit_window(self, window: list[MicroBatch]) -> None:
        """One optimizer step, on the gradient of all that the window's micro-batches hold."""
        self.check(self.learn(window, self.train_total), window)
        self.clip()
        self.optimizer.step()
        self.step, self.batch = self.step + 1, self.batch + len(window)
        self.schedule("step")
        self.notify("on_window_end")

    def learn(self, window: list[MicroBatch], total: Total | None = None) -> float:
        """The gradients of a window, and its loss; ``total`` gathers the figures."""
        self.optimizer.zero_grad()
        total = total or Total(None)
        window_loss = 0.0
        for batch in window:
            if batch.share == 0.0:  # every label ignored: nothing to learn from, and its mean would be 0/0
                continue
            loss, output = self.differentiate(batch.inputs, batch.target, batch.share)
            window_loss += total.add(loss, output, batch)
        return window_loss

    def evaluate(self, batches: Iterable[Any], prefix: str = "") -> dict[str, float]:
        """Loss and figures over a loader, without gradients and in ``eval()`` mode; every module's mode is put back."""
        modes = [(module, module.training) for module in self.judged.modules()]
        total = Total(self.metrics)
        self.judged.eval()
        try:
            with no_grad():
                self.measure(batches, total)
        finally:
            for module, training in modes:
                module.training = training
        return total.figures(prefix)

    def measure(self, batches: Iterable[Any], total: Total) -> None:
        """Every batch through the judged model, into ``total``."""
        for window in windows(batches, 1, self.held, self.averages):
            batch = window[0]
            output = self.judged(*batch.inputs)
            total.add(self.loss(output, batch.target), output, batch)

    @property
    def stopping(self) -> bool:
        """Whether no further window is wanted."""
        return self.should_stop or (self.max_steps is not None and self.step >= self.max_steps)

    @property
    def finished(self) -> bool:
        """Whether no further epoch is wanted; one that has begun is brought to its end (a resumed one, too)."""
        return self.batch == 0 and (self.stopping or self.epoch >= self.epochs)

    def clip(self) -> None:
        self.window_figures = {"lr": float(self.optimizer.param_groups[0]["lr"])}
        if self.clip_value is not None:
            clip_grad_value_(self.parameters, self.clip_value)
        if self.clip_norm is not None:
            self.window_figures["grad_norm"] = float(clip_grad_norm_(self.parameters, self.clip_norm))

    def check(self, loss: float, window: Sequence[MicroBatch] = ()) -> None:
        """Stop at a loss that is not a number, and say which batch and which layer made it."""
        if not math.isfinite(loss):
            found = not_finite.origin(self.model, self.loss, window, self.batch)
            raise FloatingPointError(
                f"the loss is {loss} in step {self.step + 1} of epoch {self.epoch + 1}: {found}"
                "try a smaller lr, or clip_norm; look at the data for nan"
            )
        self.window_loss = loss

    def schedule(self, moment: Literal["epoch", "step"]) -> None:
        if self.scheduler is None or self.interval != moment:
            return
        if isinstance(self.scheduler, ReduceLROnPlateau):
            if self.monitor not in self.figures:
                raise ValueError(f"monitor: no figure is called {self.monitor!r}, there are {', '.join(self.figures)}")
            self.scheduler.step(self.figures[self.monitor])
        else:
            self.scheduler.step()

    def notify(self, moment: str) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self)

    def gather_figures(self) -> None:
        """The figures of the epoch that ends here; what follows belongs to the next one."""
        lr = float(self.optimizer.param_groups[0]["lr"])
        self.epoch, self.batch = self.epoch + 1, 0
        self.figures = {"epoch": self.epoch, "step": self.step} | self.train_total.figures("train_")
        if self.val_loader is not None:
            self.figures |= self.evaluate(self.val_loader, "val_")
        self.figures["lr"] = lr
        self.train_total = Total(self.metrics)
        self.history.append(self.figures)
