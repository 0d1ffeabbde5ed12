"""Pitfall P41: train() is not called again after the validation.

    python examples/pitfalls/p41_train_not_restored.py

The first validation puts the model into evaluation mode, and there it stays. From the second epoch on it trains
without dropout and with frozen batch statistics. The training loss falls *faster*, since nothing is dropped: the curve
that one watches looks better, and what is lost is the regularisation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

from minitorch import nn, optim
from minitorch.nn import functional as F

EPOCHS = 60
ROWS = 400


def net() -> nn.Module:
    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10))


def wrong(model: nn.Module, held: _show.Batch) -> float:
    model.eval()
    return _show.loss_on(model, held)


def right(model: nn.Module, held: _show.Batch) -> float:
    before = model.training
    model.eval()
    try:
        return _show.loss_on(model, held)
    finally:
        model.train(before)  # as it was, also after an exception


class Fit:
    """A training with a validation after each epoch."""

    def __init__(self, validate: Callable[..., float], data: _show.Batch, held: _show.Batch, epochs: int) -> None:
        model = _show.seeded(net)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        self.training: list[float] = []
        self.held: list[float] = []
        self.dropping: list[bool] = []
        for _ in range(epochs):
            losses = []
            for x, y in _show.windows_of(data, 25):
                self.dropping.append(model[2].training)
                optimizer.zero_grad()
                loss = F.cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            self.training.append(float(np.mean(losses)))
            self.held.append(validate(model, held))
        model.eval()
        self.accuracy = _show.accuracy(model, held)


def cases() -> dict[str, Callable[[], object]]:
    x, y = _show.digits(150)
    return {loop.__name__: partial(Fit, loop, (x[:50], y[:50]), (x[50:], y[50:]), 3) for loop in (wrong, right)}


def main(out: Path) -> None:
    x, y = _show.digits(ROWS + 500)
    y[: ROWS * 3 // 10] = (y[: ROWS * 3 // 10] + 1) % 10  # three labels in ten are wrong: something to overfit
    fits = {loop.__name__: Fit(loop, (x[:ROWS], y[:ROWS]), (x[ROWS:], y[ROWS:]), EPOCHS) for loop in (right, wrong)}
    _show.table(
        f"{ROWS} digits to train on, 30% of them mislabelled, 500 to validate, {EPOCHS} epochs",
        ["loop", "steps with dropout", "training loss, reported", "validation loss", "accuracy"],
        [
            [name, f"{np.mean(fit.dropping):.1%}", fit.training[-1], fit.held[-1], f"{fit.accuracy:.1%}"]
            for name, fit in fits.items()
        ],
    )
    good, bad = fits["right"], fits["wrong"]
    assert all(good.dropping) and not any(bad.dropping[ROWS // 25 :]), "from the first validation on, never again"
    assert bad.training[-1] < 0.5 * good.training[-1], "which looks better"
    assert bad.held[-1] > 1.1 * good.held[-1], "and is worse"

    print("""
  Printed side by side with yesterday's run, the wrong one wins on the training loss. Only the validation tells,
  and there it reads as "dropout does not help here".""")
    _show.plot(
        out / "p41_train_not_restored.png",
        [
            ("training", "epoch", "reported loss", {name: fit.training for name, fit in fits.items()}),
            ("validation", "epoch", "loss", {name: fit.held for name, fit in fits.items()}),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
