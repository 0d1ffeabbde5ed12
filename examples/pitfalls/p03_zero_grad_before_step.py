"""Pitfall P03: zero_grad() between backward() and step().

    python examples/pitfalls/p03_zero_grad_before_step.py

The gradient is computed and thrown away before the step can use it. With ``.grad`` set to None the step skips every
parameter, and nothing ever moves. With zeros (``set_to_none=False``) weight decay still acts: the weights do move,
which looks like training, but the data has no say in where they go.
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
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.zero_grad()  # before the step that needs it
        optimizer.step()


def wrong_zeros(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.zero_grad(set_to_none=False)
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_zeros, right)


def main(out: Path) -> None:
    data = _show.digits(rows=960)
    make = _show.sgd(0.1, momentum=0.9, weight_decay=0.01)
    start = np.concatenate([p.detach().numpy().ravel() for p in _show.mlp().parameters()])
    runs = {loop: _show.train(loop, data, make, epochs=EPOCHS, shuffle=True) for loop in (right, wrong, wrong_zeros)}
    _show.table(
        f"after {EPOCHS} epochs of SGD (lr 0.1, momentum 0.9, weight decay 0.01)",
        ["loop", "weights moved by", "length of weights", "mean loss", "accuracy"],
        [
            [
                loop.__name__,
                float(np.linalg.norm(run.weights - start)),
                float(np.linalg.norm(run.weights)),
                run.loss,
                f"{_show.accuracy(run.model, data):.1%}",
            ]
            for loop, run in runs.items()
        ],
    )
    assert np.array_equal(runs[wrong].weights, start.astype(np.float64)), "not one weight has changed"
    faded = runs[wrong_zeros].weights
    assert np.linalg.norm(faded) < 0.1 * np.linalg.norm(start), "decay alone shrinks the weights"
    assert float(faded @ start) / np.linalg.norm(faded) / np.linalg.norm(start) > 0.99, "along a straight line to zero"
    assert runs[right].loss < 0.5 < 2 < min(runs[wrong].loss, runs[wrong_zeros].loss)

    print("""
  A check whether the parameters have changed passes the second wrong loop: they have, by decay. Its loss falls to
  log(10) = 2.303, that of a model that answers nothing; a model that is no better than guessing after ten epochs is the
  symptom of both.""")
    _show.plot(
        out / "p03_zero_grad_before_step.png",
        [("digits", "epoch", "mean loss", {loop.__name__: run.losses for loop, run in runs.items()})],
    )


if __name__ == "__main__":
    _show.run(main)
