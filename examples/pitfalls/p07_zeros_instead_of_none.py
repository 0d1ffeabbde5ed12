"""Pitfall P07: zero_grad(set_to_none=False): a parameter without a gradient still moves.

    python examples/pitfalls/p07_zeros_instead_of_none.py

A gradient of zeros is a gradient: momentum goes on, Adam goes on along its average, weight decay shrinks. A gradient of
None is none, and the step skips the parameter. The two differ for whatever took no part in this loss: one of two heads,
an expert that was not chosen. Here head A is trained first; then only head B is, and A should stay as it is.
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
from minitorch.utils.data import DataLoader, TensorDataset

BATCH = 32


class TwoHeads(nn.Module):
    """A trunk with two answers: which digit (A), and whether it is even (B)."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(64, 32), nn.ReLU())
        self.a, self.b = nn.Linear(32, 10), nn.Linear(32, 2)


def head_b_loss(model: TwoHeads, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        features = model.trunk(x)  # the trunk is left alone
    return F.cross_entropy(model.b(features), y % 2)


def wrong(model: TwoHeads, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad(set_to_none=False)
        head_b_loss(model, x, y).backward()
        optimizer.step()


def right(model: TwoHeads, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        head_b_loss(model, x, y).backward()
        optimizer.step()


def trained(
    loop: _show.Loop, make: _show.Make, data: _show.Batch, epochs: int, first: int = 3
) -> tuple[list[float], list[float]]:
    """How far head A and the trunk have moved after each epoch of training B, and the accuracy of A."""
    torch.manual_seed(0)
    model = TwoHeads()
    optimizer = make(model.parameters())
    loader = DataLoader(TensorDataset(*data), batch_size=BATCH)
    for _ in range(first):
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(model.a(model.trunk(x)), y).backward()
            optimizer.step()
    idle = nn.Sequential(model.trunk, model.a)
    start = _show.flat([p.detach().clone() for p in idle.parameters()])
    moved, accuracy = [0.0], [_show.accuracy(idle, data)]
    for _ in range(epochs):
        loop(model, optimizer, loader)
        now = _show.flat([p.detach() for p in idle.parameters()])
        moved.append(float(np.linalg.norm(now - start) / np.linalg.norm(start)))
        accuracy.append(_show.accuracy(idle, data))
    return moved, accuracy


def cases() -> dict[str, Callable[[], object]]:
    data, make = _show.digits(128), _show.adam(0.01)
    return {loop.__name__: partial(trained, loop, make, data, epochs=1, first=1) for loop in (wrong, right)}


def main(out: Path) -> None:
    data = _show.digits(rows=960)
    optimizers = {
        "SGD": _show.sgd(0.1),
        "SGD, momentum 0.9": _show.sgd(0.02, momentum=0.9),
        "Adam": _show.adam(0.01),
        "SGD, weight decay 0.1": _show.sgd(0.1, weight_decay=0.1),
    }
    runs = {
        name: {loop: trained(loop, make, data, epochs=8) for loop in (right, wrong)}
        for name, make in optimizers.items()
    }
    _show.table(
        "8 epochs of training head B only: how far A has moved (of its length), and its accuracy before and after",
        ["optimizer", "None: moved", "zeros: moved", "A before", "None: A", "zeros: A"],
        [
            [
                name,
                of[right][0][-1],
                of[wrong][0][-1],
                *(f"{share:.1%}" for share in (of[right][1][0], of[right][1][-1], of[wrong][1][-1])),
            ]
            for name, of in runs.items()
        ],
    )
    assert all(max(of[right][0]) == 0 for of in runs.values()), "with None, what has no gradient does not move"
    assert max(runs["SGD"][wrong][0]) == 0, "nor does it with zeros, for plain SGD"
    assert all(of[wrong][0][-1] > 0.01 for name, of in runs.items() if name != "SGD"), "but for all others"
    decayed = runs["SGD, weight decay 0.1"][wrong]
    assert decayed[0][-1] > 0.5 and decayed[1][-1] < decayed[1][0], "decay forgets what head A had learned"

    print("""
  Momentum and Adam coast on and come to rest; decay never does. Zeros are the faster way in some programs, and right
  where every parameter takes part in every loss. None is PyTorch's default since 2.0, and it is minitorch's.""")
    _show.plot(
        out / "p07_zeros_instead_of_none.png",
        [
            (
                "zeros: how far the idle head has moved",
                "epochs of training the other head",
                "|A - A before| / |A before|",
                {name: of[wrong][0] for name, of in runs.items()},
            )
        ],
    )


if __name__ == "__main__":
    _show.run(main)
