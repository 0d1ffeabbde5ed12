"""Averages of a model's weights over training, and a schedule and batch-norm statistics for them.

Stochastic weight averaging (Izmailov et al. 2018) is the plain mean, an exponential moving average (EMA) weighs the
latest more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any, Literal, get_args

import numpy as np

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.batchnorm import _BatchNorm
from minitorch.nn.module import Module
from minitorch.optim.lr_scheduler.base import LRScheduler, Rate, per_group
from minitorch.optim.optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Tensor, Tensor, Any], Tensor]  # (average, current, number averaged so far) to the new average
Averages = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]  # the same on lists, in place
Strategy = Literal["cos", "linear"]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """An ``avg_fn`` for exponential moving averages: decay · average + (1 - decay) · current."""
    _check_decay(decay)

    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        with no_grad():
            return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """A ``multi_avg_fn`` for exponential moving averages: decay · average + (1 - decay) · current.

    Raises:
        ValueError: a decay out of [0, 1].

    >>> import minitorch as torch
    >>> model = torch.nn.Linear(1, 1, bias=False)
    >>> ema = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    >>> for value in (1.0, 2.0):
    ...     _ = torch.nn.init.constant_(model.weight, value)
    ...     ema.update_parameters(model)
    >>> round(ema.module.weight.item(), 4)
    1.1
    """
    _check_decay(decay)

    def ema_update(ema_param_list: Sequence[Tensor], current_param_list: Sequence[Tensor], _: Any) -> None:
        with no_grad():
            for average, current in zip(ema_param_list, current_param_list, strict=True):
                if _is_fractional(average):
                    average.lerp_(current, 1 - decay)
                else:
                    average.copy_(average * decay + current * (1 - decay))

    return ema_update


def get_swa_avg_fn() -> Average:
    """An ``avg_fn`` for the plain mean."""

    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        with no_grad():
            moved: Tensor = averaged_param + (current_param - averaged_param) / (num_averaged + 1)
            return moved

    return swa_update


def get_swa_multi_avg_fn() -> Averages:
    """A ``multi_avg_fn`` for the plain mean."""

    def swa_update(
        averaged_param_list: Sequence[Tensor], current_param_list: Sequence[Tensor], num_averaged: Any
    ) -> None:
        with no_grad():
            for average, current in zip(averaged_param_list, current_param_list, strict=True):
                if _is_fractional(average):
                    average.lerp_(current, float(1 / (num_averaged + 1)))
                elif isinstance(num_averaged, Tensor):
                    average.addcdiv_(current - average, num_averaged + 1)
                else:
                    average.add_(current - average, alpha=1.0 / (num_averaged + 1))

    return swa_update


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def _is_fractional(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


class AveragedModel(Module):
    """A copy of a model whose weights are an average of the model's over its training.

    Args:
        model: is copied, as ``module``.
        device: the CPU.
        avg_fn: (average, current, number averaged) to the new average, tensor by tensor.
        multi_avg_fn: the same on lists of tensors, in place. With neither it is the plain mean.
        use_buffers: average buffers too; otherwise they are the model's latest.

    Raises:
        AssertionError: both functions at once.

    >>> import minitorch as torch
    >>> model = torch.nn.Linear(1, 1, bias=False)
    >>> mean = torch.optim.swa_utils.AveragedModel(model)
    >>> for value in (1.0, 2.0, 6.0):
    ...     _ = torch.nn.init.constant_(model.weight, value)
    ...     mean.update_parameters(model)
    >>> round(mean.module.weight.item(), 4), int(mean.n_averaged)
    (3.0, 3)
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", wrap(np.array(0)))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model gives."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Average the model's present weights in; the first time they are copied."""
        ours, theirs = self.module.parameters(), model.parameters()
        pairs: list[tuple[Tensor, Tensor]] = list(zip(ours, theirs, strict=False))
        buffers = list(zip(self.module.buffers(), model.buffers(), strict=not self.use_buffers))
        if self.use_buffers:
            pairs += buffers
        detached = [(average.detach(), current.detach()) for average, current in pairs]
        if self.n_averaged == 0:
            for average, current in detached:
                average.copy_(current)
        elif self.multi_avg_fn is None:
            update = self.avg_fn or get_swa_avg_fn()
            for average, current in detached:
                average.copy_(update(average, current, self.n_averaged.clone()))
        else:
            by_type: dict[str, list[tuple[Tensor, Tensor]]] = {}
            for pair in detached:
                by_type.setdefault(str(pair[0].dtype), []).append(pair)
            for of_type in by_type.values():
                averages, currents = zip(*of_type, strict=True)
                self.multi_avg_fn(averages, currents, self.n_averaged.clone())
        if not self.use_buffers:
            for average, current in buffers:
                average.detach().copy_(current.detach())
        self.n_averaged += 1


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Run ``model`` over the data once in training mode, so that its batch norms have its own statistics.

    Args:
        loader: batches; of a list or tuple, the first element.
        model: its mode is as before afterwards.
        device: where to put batches.

    Without a batch norm in the model nothing is run.
    """
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    was_training = model.training
    with no_grad():
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the mean over all batches
        model.train()
        for batch in loader:
            batch = batch[0] if isinstance(batch, list | tuple) else batch
            model(batch if device is None else batch.to(device))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """Lets the rates go to ``swa_lr`` in ``anneal_epochs`` epochs, and leaves them there.

    Args:
        optimizer: gets ``swa_lr`` in its groups.
        swa_lr: the last rate, or one for each group.
        anneal_epochs: how many epochs it takes.
        anneal_strategy: "cos" or "linear".
        last_epoch: of a run that goes on, -1 for a new one.

    Raises:
        ValueError: an unknown strategy, or epochs that are not a whole number of at least 0.

    >>> import minitorch as torch
    >>> opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = torch.optim.swa_utils.SWALR(opt, swa_lr=0.2, anneal_epochs=4, anneal_strategy="linear")
    >>> for epoch in range(4):
    ...     opt.step()
    ...     schedule.step()
    ...     print(round(schedule.get_last_lr()[0], 4))
    0.8
    0.6
    0.4
    0.2
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: Any,
        anneal_epochs: int = 10,
        anneal_strategy: Strategy = "cos",
        last_epoch: int = -1,
    ) -> None:
        for rate, group in zip(per_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in get_args(Strategy):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _part(self, step: int) -> float:
        """How much of the way is behind after so many steps."""
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def _next_lr(self) -> list[Rate]:
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._part(step - 1), self._part(step)
        found = []
        for group in self.optimizer.param_groups:
            rate, last = group["lr"], group["swa_lr"]
            # The rate that the way began at, from where it is now.
            start = last if before == 1 else (rate - before * last) / (1 - before)
            found.append(last * now + start * (1 - now))
        return found
