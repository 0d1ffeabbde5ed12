"""Pitfall P26: the optimizer is made before the model is finished.

    python examples/pitfalls/p26_optimizer_built_too_early.py

An optimizer is given tensors, not a model. If the head is replaced afterwards (for other classes, from a checkpoint,
by a deep copy) it goes on updating the old one, and the new one stays random. The body, which is still the same,
learns to get along with a random head: the loss falls, only less.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F

STEPS = 40


class Net(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 16), nn.Tanh())
        self.head = nn.Linear(16, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x))


Result = tuple[nn.Module, list[float]]


def fit(model: nn.Module, optimizer: optim.Optimizer, data: _show.Batch, steps: int) -> Result:
    """Trains on the whole data; the model, and the loss after each step."""
    x, y = data
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
        losses.append(_show.loss_on(model, data))
    return model, losses


def wrong(data: _show.Batch, steps: int = STEPS) -> Result:
    torch.manual_seed(0)
    model = Net(classes=100)
    optimizer = optim.SGD(model.parameters(), lr=0.5)  # has the old head
    model.head = nn.Linear(16, 10)
    return fit(model, optimizer, data, steps)


def wrong_copy(data: _show.Batch, steps: int = STEPS) -> Result:
    torch.manual_seed(0)
    model = Net(classes=10)
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    model = copy.deepcopy(model)  # other tensors, of the same values
    return fit(model, optimizer, data, steps)


def right(data: _show.Batch, steps: int = STEPS) -> Result:
    torch.manual_seed(0)
    model = Net(classes=100)
    model.head = nn.Linear(16, 10)
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    return fit(model, optimizer, data, steps)


def cases() -> dict[str, Callable[[], object]]:
    return {loop.__name__: partial(loop, _show.digits(64), 6) for loop in (wrong, wrong_copy, right)}


def weights(model: nn.Module, part: str) -> np.ndarray:
    return _show.flat([p.detach() for p in getattr(model, part).parameters()])


def main(out: Path) -> None:
    data = _show.digits(1000)
    rows, curves, moved = [], {}, {}
    for loop in (right, wrong, wrong_copy):
        name = loop.__name__
        before, _ = loop(data, steps=0)
        model, curves[name] = loop(data)
        moved[name] = {
            part: float(np.linalg.norm(weights(model, part) - weights(before, part))) for part in ("body", "head")
        }
        rows.append([name, *moved[name].values(), curves[name][-1], f"{_show.accuracy(model, data):.1%}"])
    _show.table(
        f"after {STEPS} steps of SGD on 1000 digits",
        ["loop", "body moved by", "head moved by", "loss", "accuracy"],
        rows,
    )
    assert moved["wrong"]["head"] == 0.0 < moved["wrong"]["body"], "the new head never trains, the body does"
    assert moved["wrong_copy"] == {"body": 0.0, "head": 0.0}, "of the copy nothing does"
    assert curves["wrong"][-1] < 0.8 * curves["wrong"][0], "the loss falls, so that it looks like training"
    assert curves["right"][-1] < 0.8 * curves["wrong"][-1]

    print("""
  The copy is easily noticed: its loss is flat. The replaced head is not, since most of the network does
  learn. Build the optimizer last.""")
    _show.plot(out / "p26_optimizer_built_too_early.png", [("digits", "step", "mean loss", curves)])


if __name__ == "__main__":
    _show.run(main)
