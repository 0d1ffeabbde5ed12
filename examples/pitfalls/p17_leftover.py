"""Pitfall P17: the last micro-batches of an epoch, dropped or leaked.

    python examples/pitfalls/p17_leftover.py

45 micro-batches in windows of 8 are five windows and five micro-batches left. No step follows them. They stay in
``.grad`` and get into the next epoch's first window, which then holds 13 that were divided by 8; or ``zero_grad()`` at
the beginning of the epoch throws them away, in every epoch. If the data comes in order, they are always the same rows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 12
K = 8


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def wrong_dropped(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    optimizer.zero_grad()
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        size = min(K, len(loader) - i // K * K)  # the last window is smaller
        loss = F.cross_entropy(model(x), y) / size
        loss.backward()
        if (i + 1) % K == 0 or i + 1 == len(loader):
            optimizer.step()
            optimizer.zero_grad()


LOOPS = (right, wrong, wrong_dropped)


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(*LOOPS, rows=320, batch_size=16, epochs=3)


def main(out: Path) -> None:
    data = _show.in_order(_show.digits(rows=1440))  # zeros first, nines last
    windows = _show.windows_of(data, 32 * K)
    left = data[0][5 * K * 32 :], data[1][5 * K * 32 :]  # the rows of the last five micro-batches
    runs = {}
    for loop in LOOPS:
        watch = windows if loop is right else windows[:-1]
        runs[loop] = _show.train(loop, data, _show.sgd(0.3), epochs=EPOCHS, watch=watch)
    n = {loop: len(run.watch.sizes) // EPOCHS for loop, run in runs.items()}
    _show.table(
        "the second epoch's first steps: backward passes since the step before, and the length of the gradient used",
        ["loop", "steps an epoch", "step 1", "2", "|used| / |window's|, step 1", "2"],
        [[f.__name__, n[f], *run.watch.sizes[n[f] :][:2], *run.watch.ratios[n[f] :][:2]] for f, run in runs.items()],
    )
    _show.table(
        f"after {EPOCHS} epochs of SGD (lr 0.3), rows in the order of their class",
        ["loop", "mean loss", "on the last 160 rows", "accuracy", "on the last 160 rows"],
        [
            [
                loop.__name__,
                run.loss,
                _show.loss_on(run.model, left),
                f"{_show.accuracy(run.model, data):.1%}",
                f"{_show.accuracy(run.model, left):.1%}",
            ]
            for loop, run in runs.items()
        ],
    )
    assert max(runs[right].watch.errors) < 1e-3, "each step uses the mean over its window, the last one too"
    assert runs[wrong].watch.sizes[5] == 13, "5 have leaked into the window of 8"
    assert runs[wrong].watch.errors[5] > 0.3 and runs[wrong_dropped].watch.errors[5] < 1e-3
    assert _show.accuracy(runs[right].model, left) > 0.8
    assert _show.accuracy(runs[wrong_dropped].model, left) < 0.3, "rows that are always dropped are never learned"
    few = _show.digits(rows=7 * 32)
    run = _show.train(wrong_dropped, few, _show.sgd(0.3), epochs=3)
    assert run.loss == _show.loss_on(_show.mlp(), few), "seven micro-batches, K = 8: not one step"

    print("""
  Shuffled, the loss falls on other rows each time and the wrong loops look well. Fewer micro-batches than K, and there
  is no step at all: nothing is trained, and nothing says so.""")
    _show.plot(
        out / "p17_leftover.png",
        [
            ("rows in order", "epoch", "mean loss", {loop.__name__: run.losses for loop, run in runs.items()}),
            (
                "gradient used / the window's, first 24 steps",
                "step",
                "length",
                {loop.__name__: runs[loop].watch.ratios[:24] for loop in (right, wrong)},
            ),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
