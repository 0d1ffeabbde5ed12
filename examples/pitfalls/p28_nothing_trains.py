"""Pitfall P28: steps are made, and nothing trains.

    python examples/pitfalls/p28_nothing_trains.py

Everything is frozen but a scale at the end, which keeps the loss differentiable; the learning rate is zero because a
schedule divided whole numbers; the optimizer belongs to another object than the model that is called. Each is a loop
that runs without a word and prints a loss that does not change.
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
from minitorch.optim.lr_scheduler import LambdaLR

EPOCHS = 12

Result = tuple[nn.Module, list[float]]


def wrong(data: _show.Batch, epochs: int = EPOCHS) -> Result:
    model = _show.mlp()
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    scheduler = LambdaLR(optimizer, lambda epoch: (epochs - epoch) // (epochs + 1))  # whole numbers: 0
    return fit(model, optimizer, data, epochs, scheduler)


def wrong_frozen(data: _show.Batch, epochs: int = EPOCHS) -> Result:
    model = _show.mlp()
    for p in model.parameters():
        p.requires_grad = False
    scale = torch.ones(1, requires_grad=True)  # a leaf that is alive, so that backward() does not complain
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    return fit(model, optimizer, data, epochs, scale=scale)


def wrong_object(data: _show.Batch, epochs: int = EPOCHS) -> Result:
    model, template = _show.mlp(), _show.mlp()
    optimizer = optim.SGD(template.parameters(), lr=0.5)
    return fit(model, optimizer, data, epochs)


def right(data: _show.Batch, epochs: int = EPOCHS) -> Result:
    model = _show.mlp()
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    scheduler = LambdaLR(optimizer, lambda epoch: (epochs - epoch) / (epochs + 1))
    return fit(model, optimizer, data, epochs, scheduler)


def fit(
    model: nn.Module,
    optimizer: optim.Optimizer,
    data: _show.Batch,
    epochs: int,
    scheduler: LambdaLR | None = None,
    scale: torch.Tensor | float = 1.0,
) -> Result:
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(model(data[0]) * scale, data[1]).backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        losses.append(_show.loss_on(model, data))
    return model, losses


def cases() -> dict[str, Callable[[], object]]:
    loops = (right, wrong, wrong_frozen, wrong_object)
    return {loop.__name__: partial(loop, _show.digits(64), 8) for loop in loops}


def main(out: Path) -> None:
    data = _show.digits(600)
    start = _show.flat([p.detach() for p in _show.mlp().parameters()])
    rows, curves = [], {}
    for loop in (right, wrong, wrong_frozen, wrong_object):
        model, losses = loop(data)
        moved = float(np.linalg.norm(_show.flat([p.detach() for p in model.parameters()]) - start))
        gradient = sum(float(p.grad.abs().sum().item()) for p in model.parameters() if p.grad is not None)
        curves[loop.__name__] = losses
        rows.append([loop.__name__, moved, "yes" if gradient else "none", losses[0], losses[-1]])
        assert (moved == 0.0) == (loop is not right), "not one weight has changed, but in the right loop"
    _show.table(f"after {EPOCHS} steps", ["loop", "weights moved by", "gradients", "loss, first", "loss, last"], rows)
    for name, losses in curves.items():
        assert (max(losses) == min(losses)) == (name != "right"), "the loss is flat to the last bit"

    print("""
  Here the batch is the same each time, so the loss is the same to the last bit. With shuffled batches it would
  jitter, and a jitter is easily read as slow progress: compare the weights with those at the start.""")
    _show.plot(out / "p28_nothing_trains.png", [("digits", "step", "mean loss", curves)])


if __name__ == "__main__":
    _show.run(main)
