"""Pitfall P18: a short last window divided by the full K.

    python examples/pitfalls/p18_short_last_window.py

The loop steps at the end of the epoch too, so nothing is left over (P17); but the last window holds fewer than K
micro-batches, and each was divided by K. Its update is too small, and its rows count less than all others. A search for
the mistake in the loss finds nothing: it shows where the last gradient norm of each epoch is compared with the others.
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
K = 8


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0 or i + 1 == len(loader):
            optimizer.step()
            optimizer.zero_grad()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        size = min(K, len(loader) - i // K * K)  # the last window is smaller
        loss = F.cross_entropy(model(x), y) / size
        loss.backward()
        if (i + 1) % K == 0 or i + 1 == len(loader):
            optimizer.step()
            optimizer.zero_grad()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, right, rows=272)


def main(out: Path) -> None:
    settings = {"SGD, lr 0.3": _show.sgd(0.3), "Adam, lr 0.003": _show.adam(0.003)}
    rows = []
    for r in (1, 4, 7, 8):  # micro-batches in the last window
        data = _show.digits(rows=(2 * K + r) * 32)
        windows = _show.windows_of(data, 32 * K)
        watches = [_show.train(f, data, settings["SGD, lr 0.3"], epochs=2, watch=windows).watch for f in (right, wrong)]
        rows.append([r, r / K, *(watch.ratios[2] for watch in watches), *(watch.ratios[1] for watch in watches)])
        assert all(max(watch.errors[:2]) < 1e-4 for watch in watches), "full windows are right"
        assert abs(rows[-1][3] - r / K) < 1e-4 and abs(rows[-1][2] - 1) < 1e-4, "the short one is r / K too short"
    _show.table(
        f"length of the gradient used / length of the window's, K = {K} micro-batches",
        ["r in the last window", "r / K", "last, right", "last, wrong", "others, right", "others, wrong"],
        rows,
    )

    data = _show.in_order(
        _show.digits(rows=1312)
    )  # 41 micro-batches in order of class: the last window is one of nines
    nines = data[0][-32:], data[1][-32:]
    runs = {
        (name, loop): _show.train(loop, data, make, epochs=EPOCHS)
        for name, make in settings.items()
        for loop in (right, wrong)
    }
    _show.table(
        f"41 micro-batches, rows in order of their class; after {EPOCHS} epochs",
        ["optimizer, loop", "mean loss", "on the last window's rows"],
        [[f"{name}, {loop.__name__}", run.loss, _show.loss_on(run.model, nines)] for (name, loop), run in runs.items()],
    )
    good, bad = (_show.loss_on(runs["SGD, lr 0.3", f].model, nines) for f in (right, wrong))
    assert bad > 1.2 * good, "the rows of the short window are learned less well"
    assert np.isfinite(runs["SGD, lr 0.3", wrong].loss)

    print("""
  With shuffled rows each epoch neglects others, and the loss over all rows differs by little. Some hold that a window
  of fewer rows may count less: then say so (`# doctor: ok P18`). By accident it depends on the length of the data.""")
    _show.plot(
        out / "p18_short_last_window.png",
        [(name, "epoch", "mean loss", {f.__name__: runs[name, f].losses for f in (right, wrong)}) for name in settings],
    )


if __name__ == "__main__":
    _show.run(main)
