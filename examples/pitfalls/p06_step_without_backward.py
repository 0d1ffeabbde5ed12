"""Pitfall P06: a step with nothing new: two steps on one gradient, or none to use.

    python examples/pitfalls/p06_step_without_backward.py

``step()`` does not use a gradient up. Called twice, it goes the same way twice: for SGD that is twice the learning
rate,
for a rate near the edge the difference between training and none. Called without a backward pass, after the gradients
were cleared, it does nothing at all, and says nothing either.
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


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.step()  # left over from an edit


def wrong_missing(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y)  # the backward pass is missing
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_missing, right)


def main(out: Path) -> None:
    data = _show.digits(rows=960)

    def trained(loop: _show.Loop, lr: float) -> _show.Run:
        return _show.train(loop, data, _show.sgd(lr), epochs=EPOCHS)

    rates = (0.01, 0.1, 1.0)
    runs = {lr: {loop: trained(loop, lr) for loop in (right, wrong, wrong_missing)} for lr in rates}
    _show.table(
        f"mean loss over all rows after {EPOCHS} epochs (batches of 32, SGD)",
        ["lr", "right", "stepped twice", "no backward"],
        [[str(lr), *(run.loss for run in at.values())] for lr, at in runs.items()],
    )
    assert runs[0.01][wrong].loss < runs[0.01][right].loss, "at a small rate the mistake looks like progress"
    assert runs[1.0][wrong].loss > 3 * runs[1.0][right].loss, "at a large one it does harm"
    twice = trained(right, 0.2)
    assert np.allclose(runs[0.1][wrong].weights, twice.weights, atol=1e-3), "stepping twice is twice the rate"
    start = _show.loss_on(_show.mlp(), data)
    assert all(of[wrong_missing].loss == start for of in runs.values()), "without a backward pass nothing moves"

    print("""
  Stepping twice at 0.1 ends at the weights of stepping once at 0.2, to rounding.""")
    _show.plot(
        out / "p06_step_without_backward.png",
        [
            (f"SGD, lr {lr}", "epoch", "mean loss", {loop.__name__: run.losses for loop, run in runs[lr].items()})
            for lr in rates
        ],
    )


if __name__ == "__main__":
    _show.run(main)
