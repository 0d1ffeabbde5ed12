"""Pitfall P04: zero_grad() in every micro-batch, step() after every K.

    python examples/pitfalls/p04_zero_grad_every_micro_batch.py

The loop was written for one batch a step, and accumulation was added around the step only. Each micro-batch clears what
the one before has computed, so K - 1 of every K backward passes are work for nothing: a step sees the last micro-batch,
and that divided by K. The loss falls, slowly, and the usual answer is a larger learning rate.
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
K = 8  # micro-batches a step


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        optimizer.zero_grad()  # throws the window away
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def every_kth(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    """What the wrong loop amounts to: a loop over every K-th micro-batch, and no others."""
    for i, (x, y) in enumerate(loader):
        if (i + 1) % K == 0:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, right, rows=384)


def main(out: Path) -> None:
    data = _show.digits(rows=896)
    windows = _show.windows_of(data, 28 * K)
    settings = {"SGD, lr 0.2": _show.sgd(0.2), "Adam, lr 0.003": _show.adam(0.003)}
    runs = {
        name: {
            loop: _show.train(loop, data, make, epochs=EPOCHS, batch_size=28, watch=windows) for loop in (right, wrong)
        }
        for name, make in settings.items()
    }
    _show.table(
        f"the gradient used against that of the window ({K} micro-batches of 28), and after {EPOCHS} epochs",
        ["optimizer, loop", "length, mean", "error, mean", "loss", "accuracy"],
        [
            [
                f"{name}, {loop.__name__}",
                float(np.mean(run.watch.ratios)),
                float(np.mean(run.watch.errors)),
                run.loss,
                f"{_show.accuracy(run.model, data):.1%}",
            ]
            for name, of in runs.items()
            for loop, run in of.items()
        ],
    )
    for of in runs.values():
        assert max(of[right].watch.errors) < 1e-4, "accumulated, it is the gradient of the window"
        assert min(of[wrong].watch.errors) > 0.5, "thrown away, it is far from it"
    sgd = runs["SGD, lr 0.2"]
    assert sgd[wrong].loss > 1.5 * sgd[right].loss
    same = _show.train(every_kth, data, _show.sgd(0.2 / K), epochs=EPOCHS, batch_size=28)
    assert np.allclose(same.weights, sgd[wrong].weights, atol=1e-5), "it is SGD at lr / K on every K-th micro-batch"

    print(f"""
  The wrong loop ends at the same weights as one that never looks at seven of eight micro-batches, at a rate {K} times
  smaller. Adam does not mind the scale, so there only the lost data shows.""")
    _show.plot(
        out / "p04_zero_grad_every_micro_batch.png",
        [
            (name, "epoch", "mean loss", {loop.__name__: run.losses for loop, run in of.items()})
            for name, of in runs.items()
        ],
    )


if __name__ == "__main__":
    _show.run(main)
