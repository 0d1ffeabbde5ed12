"""Pitfall P22: gradients of data-parallel shards summed, or averaged as equals.

    python examples/pitfalls/p22_shards_summed.py

A batch is dealt out to workers, each computes the mean loss of its shard, and the gradients are put together. Summed,
they are as many times too long as there are workers, so that a rate found with one worker fails with eight. Averaged,
they are right if all shards are equally large, and P15 if they are not. Right is to weight each shard by its rows. The
workers take turns here; what arrives in ``.grad`` is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 6
FOUND = {"wrong_average": "P15"}  # what the doctor calls it, where that is not P22


def shards(x: torch.Tensor, y: torch.Tensor, workers: int) -> list[_show.Batch]:
    """A batch dealt out unevenly: the first worker has as much as it holds, the last one what is left."""
    cuts = [round(len(x) * (1 - (1 - w / workers) ** 1.5)) for w in range(workers + 1)]
    return [(x[a:b], y[a:b]) for a, b in pairwise(cuts) if a < b]


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, workers: int) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        for x_part, y_part in shards(x, y, workers):
            F.cross_entropy(model(x_part), y_part).backward()  # "all-reduce" by a sum
        optimizer.step()


def wrong_average(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, workers: int) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        for x_part, y_part in shards(x, y, workers):
            (F.cross_entropy(model(x_part), y_part) / workers).backward()
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, workers: int) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        for x_part, y_part in shards(x, y, workers):
            (F.cross_entropy(model(x_part), y_part) * (len(x_part) / len(x))).backward()
        optimizer.step()


LOOPS = (right, wrong, wrong_average)


def trained(loop: _show.Loop, data: _show.Batch, workers: int, epochs: int, watched: bool = False) -> _show.Run:
    batches = _show.windows_of(data, 96) if watched else None
    return _show.train(
        partial(loop, workers=workers),
        data,
        _show.sgd(0.3),
        epochs=epochs,
        batch_size=96,
        watch=batches,
        name=loop.__name__,
    )


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(288)
    return {loop.__name__: partial(trained, loop, data, workers=4, epochs=2) for loop in LOOPS}


def main(out: Path) -> None:
    data = _show.digits(rows=960)
    counts = (1, 2, 4, 8)
    runs = {loop: {n: trained(loop, data, n, EPOCHS, watched=True) for n in counts} for loop in LOOPS}
    _show.table(
        "length of the gradient used / length of the batch's gradient, mean; and the error of its direction",
        ["workers", *(f"{n}" for n in counts), *(f"direction, {n}" for n in counts[1:])],
        [
            [
                loop.__name__,
                *(float(np.mean(of[n].watch.ratios)) for n in counts),
                *(float(np.mean(_show.angles(of[n].watch))) for n in counts[1:]),
            ]
            for loop, of in runs.items()
        ],
    )
    sizes = [len(part[1]) for part in shards(data[0][:96], data[1][:96], 4)]
    _show.table(
        f"mean loss over all rows after {EPOCHS} epochs (SGD 0.3, batches of 96; 4 workers hold {sizes})",
        ["workers", *map(str, counts)],
        [[loop.__name__, *(run.loss for run in of.values())] for loop, of in runs.items()],
    )
    for n in counts[1:]:
        assert max(runs[right][n].watch.errors) < 1e-3, "weighted by rows it is the gradient of the batch"
        assert np.mean(runs[wrong][n].watch.ratios) > 0.9 * n, "summed it is n times as long"
        assert np.mean(_show.angles(runs[wrong_average][n].watch)) > 0.05, "averaged as equals it points elsewhere"
    one = runs[right][1].loss
    assert all(abs(run.loss / one - 1) < 1e-2 for run in runs[right].values()), (
        "right: the number of workers is nothing"
    )
    assert runs[wrong][2].loss < one, "summed, two workers look like progress ..."
    assert runs[wrong][8].loss > 10 * one, "... and eight fail at the same rate"

    _show.plot(
        out / "p22_shards_summed.png",
        [
            (f"{n} workers", "epoch", "mean loss", {loop.__name__: of[n].losses for loop, of in runs.items()})
            for n in (2, 8)
        ],
    )


if __name__ == "__main__":
    _show.run(main)
