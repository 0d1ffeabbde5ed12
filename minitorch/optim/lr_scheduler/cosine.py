"""Schedules along half a cosine wave: once down, or again and again from the top."""

import math

from minitorch.core.recording import whole
from minitorch.optim.lr_scheduler.base import LRScheduler, Rate, rates
from minitorch.optim.optimizer import Optimizer


class CosineAnnealingLR(LRScheduler):
    """Lets the rates go down to ``eta_min`` in ``T_max`` epochs along half a cosine wave, and up again.

    SGDR (Loshchilov and Hutter 2017) without the restarts: η = η_min + (η₀ − η_min)(1 + cos(π · epoch / T_max)) / 2.

    >>> import minitorch as torch
    >>> opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=4)
    >>> for epoch in range(4):
    ...     opt.step()
    ...     schedule.step()
    ...     print(round(schedule.get_last_lr()[0], 4))
    0.8536
    0.5
    0.1464
    0.0
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _next_lr(self) -> list[Rate]:
        epoch, low = self.last_epoch, self.eta_min
        if self._is_initial:
            return rates(self.optimizer)
        if self._step_count == 1 and epoch > 0:
            wave = 1 + math.cos(epoch * math.pi / self.T_max)
            return [low + (rate - low) * wave / 2 for rate in self.base_lrs]
        if (epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # up from the very bottom, where a ratio would be 0 / 0
            wave = 1 - math.cos(math.pi / self.T_max)
            groups = self.optimizer.param_groups
            return [group["lr"] + (rate - low) * wave / 2 for group, rate in zip(groups, self.base_lrs, strict=True)]
        ratio = (1 + math.cos(math.pi * epoch / self.T_max)) / (1 + math.cos(math.pi * (epoch - 1) / self.T_max))
        return [ratio * (group["lr"] - low) + low for group in self.optimizer.param_groups]

    def _get_closed_form_lr(self) -> list[Rate]:
        wave = 1 + math.cos(math.pi * self.last_epoch / self.T_max)
        return [self.eta_min + (rate - self.eta_min) * wave / 2 for rate in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """SGDR of Loshchilov and Hutter (2017): half a cosine wave down to ``eta_min``, then again from the top.

    The first period has ``T_0`` epochs, each later one ``T_mult`` times as many as the one before. ``step(epoch)``
    takes a fractional epoch too, for use after every batch: ``schedule.step(epoch + i / batches)``.

    Raises ``ValueError`` unless ``T_0`` and ``T_mult`` are positive integers.
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if not isinstance(T_0, int) or T_0 <= 0:
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def _next_lr(self) -> list[Rate]:
        wave = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (rate - self.eta_min) * wave / 2 for rate in self.base_lrs]

    @whole
    def step(self, epoch: float | None = None) -> None:
        """Goes to the next epoch, or to ``epoch``, whole or not, and sets its rates."""
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        elif epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        elif epoch < self.T_0:
            self.T_cur, self.T_i = epoch, self.T_0
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            periods = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**periods - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**periods
        self.last_epoch = math.floor(epoch)
        self._get_lr_called_within_step = True
        try:
            new = self.get_lr()
        finally:
            self._get_lr_called_within_step = False
        self._set(new)
