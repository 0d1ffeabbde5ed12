"""Pitfall P25: layers in a plain Python list, so that nobody knows of them.

    python examples/pitfalls/p25_hidden_parameters.py

A module finds its parts among its attributes, but does not look into lists and dicts. Layers kept in one take part in
the forward and get gradients, but ``parameters()`` does not give them: they are not trained, not saved, not cleared,
and ``train()`` and ``eval()`` do not reach them. The rest of the network learns around them, so the loss falls.
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

EPOCHS = 40
DEPTH = 3


class Hidden(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Linear(64 if i == 0 else 12, 12) for i in range(DEPTH)]  # a plain list
        self.head = nn.Linear(12, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.head(x)


class Registered(Hidden):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(self.layers)


def fit(model: nn.Module, data: _show.Batch, epochs: int) -> list[float]:
    """Trains on whole batches; the loss after each epoch."""
    x, y = data
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
        losses.append(_show.loss_on(model, data))
    return losses


def wrong(data: _show.Batch, epochs: int = EPOCHS) -> tuple[nn.Module, list[float]]:
    torch.manual_seed(0)
    model = Hidden()
    return model, fit(model, data, epochs)


def right(data: _show.Batch, epochs: int = EPOCHS) -> tuple[nn.Module, list[float]]:
    torch.manual_seed(0)
    model = Registered()
    return model, fit(model, data, epochs)


def cases() -> dict[str, Callable[[], object]]:
    return {loop.__name__: partial(loop, _show.digits(64), 6) for loop in (wrong, right)}


def main(out: Path) -> None:
    data = _show.digits(1000)
    torch.manual_seed(0)
    start = _show.flat([p.detach() for layer in Hidden().layers for p in layer.parameters()])
    rows, curves, moved, accuracy = [], {}, {}, {}
    for loop in (right, wrong):
        name = loop.__name__
        model, losses = loop(data)
        now = _show.flat([p.detach() for layer in model.layers for p in layer.parameters()])
        curves[name], moved[name] = losses, float(np.linalg.norm(now - start))
        accuracy[name] = _show.accuracy(model, data)
        known = sum(p.numel() for p in model.parameters())
        rows.append([name, known, len(model.state_dict()), moved[name], losses[-1], f"{accuracy[name]:.1%}"])
    _show.table(
        f"a network of {DEPTH} + 1 layers after {EPOCHS} steps of Adam",
        ["loop", "weights known", "tensors saved", "layers moved by", "loss", "accuracy"],
        rows,
    )
    model, _ = wrong(data, epochs=3)
    summed = float(np.linalg.norm(_show.flat([model.layers[0].weight.grad])))
    print(f"\n  after three steps the hidden layer's .grad, which zero_grad() does not reach, has length {summed:.3g}")
    assert moved["wrong"] == 0.0 < moved["right"], "the hidden layers are as they were made"
    assert curves["wrong"][-1] < 0.9 * curves["wrong"][0], "yet the loss falls"
    assert curves["right"][-1] < 0.5 * curves["wrong"][-1], "but not far"
    assert rows[1][1] == 12 * 10 + 10, "parameters() gives the head alone"

    print("""
  The loss falls in both. A head on random features is a real model, and a poor one; that it is only a head shows
  in the number of parameters, which is worth printing once.""")
    _show.plot(out / "p25_hidden_parameters.png", [("digits", "step", "mean loss", curves)])


if __name__ == "__main__":
    _show.run(main)
