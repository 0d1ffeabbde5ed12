"""The learning-rate range test: train a little with ever larger rates and look where the loss falls fastest.

Leslie N. Smith, Cyclical Learning Rates for Training Neural Networks (2017), section 3.3.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minitorch.train import randomness
from minitorch.train.loop import Trainer
from minitorch.train.windows import windows

_UNSETTLED = 10  # so many steps at the beginning the smoothed loss is still the noise of single batches


@dataclass
class Found:
    """The rates that were tried, the smoothed loss after each, and where it fell fastest (None: nowhere)."""

    rates: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)

    @property
    def suggestion(self) -> float | None:
        """The rate of the steepest fall of the loss over the logarithm of the rate, before its lowest point."""
        lowest = int(np.argmin(self.losses)) if self.losses else 0
        if lowest < 3:
            return None
        first = min(_UNSETTLED, lowest // 2)
        slope = np.gradient(np.array(self.losses[first : lowest + 1]), np.log(self.rates[first : lowest + 1]))
        return self.rates[first + int(np.argmin(slope))] if slope.min() < 0 else None


def find_lr(
    trainer: Trainer, train: Iterable[Any], low: float = 1e-6, high: float = 10.0, steps: int = 100, smooth: float = 0.9
) -> Found:
    """Raise the rate from ``low`` to ``high`` over ``steps`` steps; stop when the loss is four times the best.

    The loss is an exponential mean with weight ``smooth``. Model, optimizer and random numbers are afterwards what they
    were; schedules and callbacks are not asked.

    >>> import minitorch
    >>> from minitorch import nn, optim
    >>> model = nn.Linear(1, 1)
    >>> trainer = Trainer(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=1.0))
    >>> found = find_lr(trainer, [(minitorch.ones(8, 1), minitorch.full((8, 1), 5.0))])
    >>> 1e-3 < found.suggestion < 1
    True
    """
    if not 0 < low < high or steps < 2:
        raise ValueError(f"0 < low < high and steps of 2 or more are needed, got {low}, {high} and {steps}")
    model, optimizer = copy.deepcopy(trainer.model.state_dict()), copy.deepcopy(trainer.optimizer.state_dict())
    random, training = randomness.capture(train), trainer.model.training
    found, mean = Found(), 0.0
    try:
        trainer.model.train()
        endless = windows(_again(train), trainer.accumulate, trainer.held, trainer.averages)
        for number, window in enumerate(itertools.islice(endless, steps)):
            rate = low * (high / low) ** (number / (steps - 1))
            for group in trainer.optimizer.param_groups:
                group["lr"] = rate
            loss = trainer.learn(window)
            mean = smooth * mean + (1 - smooth) * loss
            smoothed = mean / (1 - smooth ** (number + 1))
            if not math.isfinite(loss) or (found.losses and smoothed > 4 * min(found.losses)):
                break
            found.rates.append(rate)
            found.losses.append(smoothed)
            trainer.clip()
            trainer.optimizer.step()
    finally:
        trainer.model.load_state_dict(model)
        trainer.optimizer.load_state_dict(optimizer)
        trainer.optimizer.zero_grad()
        trainer.model.train(training)
        randomness.restore(random, train)
    return found


def _again(batches: Iterable[Any]) -> Iterator[Any]:
    while True:
        empty = True
        for batch in batches:
            empty = False
            yield batch
        if empty:
            return
