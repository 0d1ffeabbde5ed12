"""Pitfall P20: the scheduler steps before the optimizer, or in every micro-batch.

    python examples/pitfalls/p20_scheduler.py

A schedule counts its own calls. Called in every micro-batch, it is over after a K-th of the training, and what is left
of it runs at next to no rate. Called before the optimizer, it skips its first rate, which costs little, unless that is
the one that mattered.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.optim.lr_scheduler import LRScheduler, StepLR
from minitorch.utils.data import DataLoader, TensorDataset

EPOCHS = 12
K = 8


def wrong(model: nn.Module, optimizer: optim.Optimizer, scheduler: LRScheduler, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        (F.cross_entropy(model(x), y) / K).backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()
        scheduler.step()  # one level too far out


def wrong_first(model: nn.Module, optimizer: optim.Optimizer, scheduler: LRScheduler, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        (F.cross_entropy(model(x), y) / K).backward()
        if (i + 1) % K == 0:
            scheduler.step()  # before the step that should use the rate
            optimizer.step()
            optimizer.zero_grad()


def right(model: nn.Module, optimizer: optim.Optimizer, scheduler: LRScheduler, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        (F.cross_entropy(model(x), y) / K).backward()
        if (i + 1) % K == 0:
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()


LOOPS = (right, wrong, wrong_first)


def trained(loop: _show.Loop, data: _show.Batch, period: int, epochs: int) -> tuple[list[float], list[float]]:
    """The loss after each epoch, and the rate of each of the optimizer's steps. The rate is halved in each period."""
    model = _show.mlp()
    optimizer = optim.SGD(model.parameters(), lr=0.4)
    scheduler = StepLR(optimizer, step_size=period, gamma=0.5)
    rates: list[float] = []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: rates.append(o.param_groups[0]["lr"]))
    loader = DataLoader(TensorDataset(*data), batch_size=32)
    losses = []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*lr_scheduler.step")  # it does say so, for the third loop
        for _ in range(epochs):
            loop(model, optimizer, scheduler, loader)
            losses.append(_show.loss_on(model, data))
    return losses, rates


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(768)
    return {loop.__name__: partial(trained, loop, data, period=2, epochs=2) for loop in LOOPS}


def main(out: Path) -> None:
    data = _show.digits(rows=1792)  # 7 steps an epoch
    period = 21  # steps: the rate is to be halved after each third epoch
    runs = {loop: trained(loop, data, period, EPOCHS) for loop in LOOPS}
    steps = (1, 7, 21, 22, 42, 84)
    _show.table(
        f"the rate of the optimizer's steps: 0.4, to be halved every {period} steps",
        ["step", *map(str, steps)],
        [[loop.__name__, *(rates[s - 1] for s in steps)] for loop, (_, rates) in runs.items()],
    )
    _show.table(
        f"mean loss over all rows (SGD, {K} micro-batches of 32 a step)",
        ["epoch", "1", "3", "6", str(EPOCHS)],
        [[loop.__name__, *(losses[e - 1] for e in (1, 3, 6, EPOCHS))] for loop, (losses, _) in runs.items()],
    )
    rates = {loop: run[1] for loop, run in runs.items()}
    assert rates[right][:22] == [0.4] * 21 + [0.2]
    assert rates[wrong][-1] < 1e-6 < rates[right][-1], f"{K} times too fast, it comes to an end at once"
    assert rates[wrong_first] == [*rates[right][1:], rates[right][-1] / 2], "first, it is the same schedule, one ahead"
    assert runs[wrong][0][-1] > 1.5 * runs[right][0][-1]

    _show.plot(
        out / "p20_scheduler.png",
        [
            ("digits", "epoch", "mean loss", {loop.__name__: run[0] for loop, run in runs.items()}),
            ("rate", "step of the optimizer", "lr", {loop.__name__: rates[loop] for loop in (right, wrong)}),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
