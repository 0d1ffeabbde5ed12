"""Pitfall P42: functional dropout that drops in evaluation too.

    python examples/pitfalls/p42_dropout_in_eval.py

``F.dropout`` is a function: it knows no mode, and its ``training`` is True unless it is told otherwise. The model is
put in ``eval()``, all looks as it should, and every prediction is a draw.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F

EPOCHS = 12


class Always(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(64, 32), nn.Linear(32, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(F.dropout(torch.relu(self.first(x)), 0.5))  # in every mode


class ByMode(Always):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(F.dropout(torch.relu(self.first(x)), 0.5, training=self.training))


Fit = tuple[nn.Module, list[float]]


def fit(model: nn.Module, data: _show.Batch, held: _show.Batch, epochs: int) -> Fit:
    """The model and its validation accuracies; the training is the same for both models."""
    optimizer = optim.SGD(model.parameters(), lr=0.2)
    curve = []
    for _ in range(epochs):
        model.train()
        for x, y in _show.windows_of(data, 40):
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        model.eval()
        curve.append(_show.accuracy(model, held))
    return model, curve


def wrong(data: _show.Batch, held: _show.Batch, epochs: int = EPOCHS) -> Fit:
    return fit(_show.seeded(Always), data, held, epochs)


def right(data: _show.Batch, held: _show.Batch, epochs: int = EPOCHS) -> Fit:
    return fit(_show.seeded(ByMode), data, held, epochs)


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(120)
    return {loop.__name__: partial(loop, data, data, 2) for loop in (wrong, right)}


def main(out: Path) -> None:
    x, y = _show.digits(1400)
    data, held = (x[:800], y[:800]), (x[800:], y[800:])
    rows, curves, changed, figures = [], {}, {}, {}
    for loop in (right, wrong):
        name = loop.__name__
        model, curves[name] = loop(data, held)
        with torch.no_grad():
            answers = [model(held[0]).argmax(1).numpy() for _ in range(6)]
        figures[name] = [float((answer == held[1].numpy()).mean()) for answer in answers]
        changed[name] = float(np.mean(answers[0] != answers[1]))
        rows.append([name, f"{changed[name]:.1%}", *(f"{figure:.1%}" for figure in figures[name][:4])])
    _show.table(
        "600 digits, a trained model in eval(): how many answers differ between two calls, and four accuracies",
        ["loop", "answers that differ", "call 1", "call 2", "call 3", "call 4"],
        rows,
    )
    assert changed["right"] == 0.0 < changed["wrong"], "two calls on the same input differ"
    assert changed["wrong"] > 0.02
    assert max(figures["wrong"]) < figures["right"][0], "and each is worse than the one that is right"

    print("""
  As a fault it looks like a model that is not quite good enough. In evaluation mode the same input must give the
  same answer: one line of a test asks that.""")
    _show.plot(out / "p42_dropout_in_eval.png", [("validation, in eval()", "epoch", "accuracy", curves)])


if __name__ == "__main__":
    _show.run(main)
