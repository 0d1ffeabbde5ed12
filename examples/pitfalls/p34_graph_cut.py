"""Pitfall P34: detach(), item() or numpy() cuts the graph on the way to the loss.

    python examples/pitfalls/p34_graph_cut.py

A loss that was computed in NumPy has no history, and ``backward()`` says so. ``requires_grad=True`` silences the error
and nothing else: the loss is a new leaf, and no parameter gets a gradient. Worse is a cut half-way, for that trains:
only what comes after it learns, on features that stay random.
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
from minitorch.utils.data import DataLoader

EPOCHS = 12


class Net(nn.Module):
    def __init__(self, cut: bool = False) -> None:
        super().__init__()
        self.body, self.head, self.cut = nn.Sequential(nn.Linear(64, 12), nn.Tanh()), nn.Linear(12, 10), cut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        features = self.body(x)
        if self.cut:
            features = torch.from_numpy(features.detach().numpy() * 1.0)  # scaled in NumPy, for convenience
        return self.head(features)


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        value = F.cross_entropy(model(x), y).item()
        loss = torch.tensor(value, requires_grad=True)  # "fixes" the error message
        loss.backward()
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def runs_of(data: _show.Batch, epochs: int) -> dict[str, Callable[[], _show.Run]]:
    """The trainings: ``wrong_features`` is the right loop with a model that cuts."""
    fit = partial(_show.train, data=data, make=_show.sgd(0.1), epochs=epochs, batch_size=32)
    whole, cut = partial(_show.seeded, Net), partial(_show.seeded, partial(Net, cut=True))
    return {
        "right": partial(fit, right, model=whole),
        "wrong": partial(fit, wrong, model=whole),
        "wrong_features": partial(fit, right, model=cut),
    }


def cases() -> dict[str, Callable[[], object]]:
    return dict(runs_of(_show.digits(256), epochs=1))


def main(out: Path) -> None:
    data = _show.digits(1000)
    try:
        torch.tensor(1.0).backward()
    except RuntimeError as error:
        print(f"\nwithout requires_grad=True\n  RuntimeError: {str(error).split(chr(10))[0][:90]}")
    start = _show.seeded(Net)
    rows, moved, curves = [], {}, {}
    for name, train in runs_of(data, EPOCHS).items():
        run = train()
        curves[name] = run.losses
        moved[name] = [
            max(float(np.abs((p - q).detach().numpy()).max()) for p, q in zip(a.parameters(), b.parameters()))
            for a, b in ((run.model.body, start.body), (run.model.head, start.head))
        ]
        rows.append([name, *moved[name], run.loss, f"{_show.accuracy(run.model, data):.1%}"])
    _show.table(
        f"after {EPOCHS} epochs", ["loop", "body moved by (at most)", "head moved by", "mean loss", "accuracy"], rows
    )
    assert max(moved["wrong"]) == 0.0, "no parameter has moved"
    assert moved["wrong_features"][0] == 0.0 < moved["wrong_features"][1], "with the cut, only the head has"
    assert curves["wrong_features"][-1] < 0.6 * curves["wrong_features"][0], "and so the loss falls"
    assert curves["right"][-1] < 0.6 * curves["wrong_features"][-1], "but not as far"

    print("""
  The first is a flat line, which one sees. The second is a training curve like any other, of a model whose first
  layer has never learnt a thing.""")
    _show.plot(out / "p34_graph_cut.png", [("digits", "epoch", "mean loss", curves)])


if __name__ == "__main__":
    _show.run(main)
