"""Pitfall P14: the loss divided after backward(), or twice.

    python examples/pitfalls/p14_scaled_in_the_wrong_place.py

Whoever reads the loop sees a division by K and is content. If it stands behind the backward pass it changes the number
that is printed and not the gradient, which is K times too long, as in P13. If it is made twice, by the loop and by
something the loop calls, the gradient is K times too short. The printed loss looks as it should in both.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 15
K = 8  # micro-batches a step
printed: dict[str, float] = {}  # what each loop would tell of its last window


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    total = 0.0
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        loss = loss / K  # too late: changes what is printed only
        total += loss.item()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()
            printed["wrong"], total = total, 0.0


def loss_for_accumulation(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """As a library may have it: divided already."""
    return F.cross_entropy(model(x), y) / K


def wrong_twice(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    total = 0.0
    for i, (x, y) in enumerate(loader):
        loss = loss_for_accumulation(model, x, y)
        total += loss.item()
        (loss / K).backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()
            printed["wrong_twice"], total = total, 0.0


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    total = 0.0
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        total += loss.item()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()
            printed["right"], total = total, 0.0


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_twice, right)


def main(out: Path) -> None:
    data = _show.digits(rows=1024)
    windows = _show.windows_of(data, 32 * K)
    rates = (0.1, 0.8)
    rows, runs = [], {}
    for loop in (right, wrong, wrong_twice):
        for lr in rates:
            runs[loop, lr] = _show.train(loop, data, _show.sgd(lr), epochs=1, watch=windows)
            ratio, first = float(np.mean(runs[loop, lr].watch.ratios)), printed[loop.__name__]
            runs[loop, lr] = _show.train(loop, data, _show.sgd(lr), epochs=EPOCHS)
            rows.append([f"{loop.__name__}, lr {lr}", ratio, first, runs[loop, lr].loss])
    _show.table(
        f"{K} micro-batches of 32 a step, SGD",
        ["loop", "|used| / |full|, epoch 1", "loss printed, epoch 1", f"true loss, epoch {EPOCHS}"],
        rows,
    )
    factors = {right: 1, wrong: K, wrong_twice: 1 / K}
    assert all(abs(row[1] / factors[loop] - 1) < 1e-4 for row, (loop, _) in zip(rows, runs)), "K times, or a K-th"
    assert runs[wrong, 0.1].loss < runs[right, 0.1].loss, "divided too late: better at a small rate ..."
    assert runs[wrong, 0.8].loss > 100 > runs[right, 0.8].loss, "... and diverges at a larger one"
    assert np.allclose(runs[wrong_twice, 0.8].weights, runs[right, 0.1].weights, atol=1e-4), "twice: a rate of lr / K"

    print("""
  At 0.1 all three print a loss of the usual size. Only the gradient tells them apart, or a training with plain SGD
  whose rate is known to be right.""")
    _show.plot(
        out / "p14_scaled_in_the_wrong_place.png",
        [(f"SGD, lr {lr}", "epoch", "mean loss", {f.__name__: runs[f, lr].losses for f in factors}) for lr in rates],
    )


if __name__ == "__main__":
    _show.run(main)
