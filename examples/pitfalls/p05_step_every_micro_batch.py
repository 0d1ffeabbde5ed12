"""Pitfall P05: the loss divided by K, and a step after every micro-batch.

    python examples/pitfalls/p05_step_every_micro_batch.py

The ``if (i + 1) % K == 0`` is missing. For SGD that is a training in small noisy batches at a rate K times smaller:
K small steps go about as far as the one step that was meant, so the curve looks as it should. What is gone is the large
batch, the reason for accumulating. Adam does not see the factor 1/K and takes K full steps: its loss even falls faster.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import _show
import numpy as np

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 10
ACCUMULATE = 8  # micro-batches a step


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        loss = F.cross_entropy(model(x), y) / ACCUMULATE
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / ACCUMULATE
        loss.backward()
        if (i + 1) % ACCUMULATE == 0:
            optimizer.step()
            optimizer.zero_grad()


def plain(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    """No accumulation at all."""
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, right)


def main(out: Path) -> None:
    data = _show.digits(rows=1024)
    windows = _show.windows_of(data, 16 * ACCUMULATE)
    settings = {"SGD, lr 0.2": _show.sgd(0.2), "Adam, lr 0.003": _show.adam(0.003)}
    runs = {}
    for name, make in settings.items():
        seen = {right: windows, wrong: [window for window in windows for _ in range(ACCUMULATE)]}
        runs[name] = {
            loop: _show.train(loop, data, make, epochs=EPOCHS, batch_size=16, watch=batches)
            for loop, batches in seen.items()
        }
    _show.table(
        f"{ACCUMULATE} micro-batches of 16 a step were meant: steps made, the gradient used against that of the window",
        ["optimizer, loop", "steps", "length, mean", "error of its direction", f"loss, epoch {EPOCHS}"],
        [
            [
                f"{name}, {loop.__name__}",
                len(run.watch.errors),
                float(np.mean(run.watch.ratios)),
                float(np.mean(_show.angles(run.watch))),
                run.loss,
            ]
            for name, of in runs.items()
            for loop, run in of.items()
        ],
    )
    sgd, adam = runs.values()
    for of in (sgd, adam):
        assert len(of[wrong].watch.errors) == ACCUMULATE * len(of[right].watch.errors)
        assert np.mean(_show.angles(of[wrong].watch)) > 0.3 > 0.01 > np.max(_show.angles(of[right].watch))
    assert abs(np.log(sgd[wrong].losses[0] / sgd[right].losses[0])) < 0.3, "with SGD the first epoch hardly differs"
    assert adam[wrong].loss < adam[right].loss, "with Adam it looks like progress"
    same = _show.train(plain, data, _show.sgd(0.2 / ACCUMULATE), epochs=EPOCHS, batch_size=16)
    assert np.allclose(same.weights, sgd[wrong].weights, atol=1e-5), "it is SGD without accumulation at lr / K"

    print("""
  Nothing here looks wrong, and on a problem as small as this nothing is lost. What the wrong loop does not do is what
  it says: a large batch. Its steps point elsewhere, decay and schedules counted in steps run 8 times too fast, and
  whoever accumulates because small batches are too noisy has gained nothing.""")
    _show.plot(
        out / "p05_step_every_micro_batch.png",
        [
            (name, "epoch", "mean loss", {loop.__name__: run.losses for loop, run in of.items()})
            for name, of in runs.items()
        ],
    )


if __name__ == "__main__":
    _show.run(main)
