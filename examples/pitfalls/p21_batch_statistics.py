"""Pitfall P21: batch norm under gradient accumulation.

    python examples/pitfalls/p21_batch_statistics.py

Accumulation computes the gradient of a large batch only if a row's loss does not depend on the other rows of its
batch. Behind a BatchNorm it does. The layer normalises by the few rows of the micro-batch, and its running averages
move K times
for each step. No factor mends that. The loop below is right, and with a layer that looks at one row at a time so is the
gradient; it is the model that does not go with it.
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

EPOCHS = 4
WINDOW = 32  # rows a step, in micro-batches of fewer


def net(norm: nn.Module) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(64, 32), norm, nn.ReLU(), nn.Linear(32, 10))


def wrong() -> nn.Module:
    return net(nn.BatchNorm1d(32))


def right() -> nn.Module:
    return net(nn.LayerNorm(32))


def right_groups() -> nn.Module:
    return net(nn.GroupNorm(4, 32))


def accumulate(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, K: int) -> None:
    model.train()
    for i, (x, y) in enumerate(loader):
        (F.cross_entropy(model(x), y) / K).backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()
    model.eval()


def trained(
    model: Callable[[], nn.Module], data: _show.Batch, rows: int, epochs: int, watched: bool = False
) -> _show.Run:
    """A training in micro-batches of so many rows."""
    loop = partial(accumulate, K=WINDOW // rows)
    watch = _show.windows_of(data, WINDOW) if watched else None
    name = model.__name__
    return _show.train(loop, data, _show.sgd(0.1), epochs=epochs, batch_size=rows, model=model, watch=watch, name=name)


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(128)
    return {make.__name__: partial(trained, make, data, rows=4, epochs=2) for make in (wrong, right, right_groups)}


def moved(rows: int) -> float:
    """How far one window takes the running mean of a BatchNorm: 1 is all the way to the window's mean."""
    layer = nn.BatchNorm1d(1)  # its mean starts at 0
    for _ in range(WINDOW // rows):
        layer(torch.ones(rows, 1) + torch.linspace(-0.1, 0.1, rows)[:, None])
    return float(layer.running_mean.item())


def main(out: Path) -> None:
    data = _show.digits(rows=480)
    sizes = (32, 8, 2)
    runs = {make: {rows: trained(make, data, rows, EPOCHS) for rows in sizes} for make in (right, wrong)}
    errors = {
        make: [float(np.mean(trained(make, data, rows, 1, watched=True).watch.errors)) for rows in sizes]
        for make in (right, right_groups, wrong)
    }
    _show.table(
        f"mean error of the gradient of {WINDOW} rows, against the same rows as one batch",
        ["rows in a micro-batch", *map(str, sizes)],
        [[make.__name__, *error] for make, error in errors.items()],
    )
    _show.table(
        f"mean loss over all rows, in eval mode, after {EPOCHS} epochs (SGD 0.1, {WINDOW} rows a step)",
        ["rows in a micro-batch", *map(str, sizes)],
        [[make.__name__, *(run.loss for run in of.values())] for make, of in runs.items()],
    )
    _show.table(
        "how far one step's window takes the running mean (momentum 0.1)",
        ["rows in a micro-batch", *map(str, sizes)],
        [["wrong", *(moved(rows) for rows in sizes)]],
    )
    assert max(errors[right] + errors[right_groups]) < 1e-4, "row by row, accumulation is exact"
    assert errors[wrong][0] < 1e-4 and min(errors[wrong][1:]) > 0.1, "across rows, it is not"
    assert abs(runs[right][2].loss / runs[right][32].loss - 1) < 1e-3
    assert runs[wrong][2].loss > 1.5 * runs[wrong][32].loss
    assert abs(moved(32) - 0.1) < 1e-6 and abs(moved(4) - (1 - 0.9**8)) < 1e-6

    print("""
  A small batch's noise can do good, and some choose it ("ghost" batch norm): the doctor says this in a note only. Where
  BatchNorm has to stay: larger micro-batches, frozen statistics, and a momentum of 1 - (1 - m) ** (1 / K).""")
    _show.plot(
        out / "p21_batch_statistics.png",
        [
            (f"micro-batches of {rows}", "epoch", "mean loss", {m.__name__: runs[m][rows].losses for m in runs})
            for rows in (32, 2)
        ],
    )


if __name__ == "__main__":
    _show.run(main)
