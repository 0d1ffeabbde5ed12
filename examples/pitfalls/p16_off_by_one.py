"""Pitfall P16: stepping at i % K == 0.

    python examples/pitfalls/p16_off_by_one.py

Counting begins at 0, and 0 is divisible by everything: the first step is made after one micro-batch, with a K-th of its
gradient. From then on windows are whole, but shifted by one, and the last K - 1 micro-batches of the training are never
used. If gradients are cleared where an epoch begins, as is good style otherwise, both happen in every epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 10


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, K: int) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if i % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def wrong_cleared(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, K: int) -> None:
    optimizer.zero_grad()
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if i % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, K: int) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


LOOPS = (right, wrong, wrong_cleared)


def trained(loop: _show.Loop, data: _show.Batch, K: int, epochs: int, watched: bool = False) -> _show.Run:
    def epoch(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
        loop(model, optimizer, loader, K)

    watch = [data] if watched else None
    return _show.train(epoch, data, _show.sgd(0.5), epochs=epochs, watch=watch, name=loop.__name__)


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(512)
    return {loop.__name__: partial(trained, loop, data, 4, epochs=2) for loop in LOOPS}


def main(out: Path) -> None:
    data = _show.digits(rows=1024)  # 32 micro-batches of 32
    runs = {K: {loop: trained(loop, data, K, EPOCHS, watched=True) for loop in LOOPS} for K in (8, 32)}
    rows = []
    for K, of in runs.items():
        for loop, run in of.items():
            sizes = run.watch.sizes
            # Cleared at the beginning of each epoch, an epoch's first step uses just the first micro-batch.
            used = sum(sizes) if loop is not wrong_cleared else EPOCHS * (32 - (K - 1))
            rows.append([f"K = {K}, {run.name}", len(sizes), f"{used} of {32 * EPOCHS}", run.losses[0], run.loss])
            assert used == 32 * EPOCHS - {right: 0, wrong: K - 1, wrong_cleared: EPOCHS * (K - 1)}[loop]
    _show.table(
        f"digits in micro-batches of 32, {EPOCHS} epochs of SGD (lr 0.5)",
        ["", "steps", "micro-batches used", "loss, epoch 1", f"epoch {EPOCHS}"],
        rows,
    )
    first = {K: of[wrong].watch for K, of in runs.items()}
    _show.table(
        "how many micro-batches are in the first steps of the wrong loop, and how long its first gradient is",
        ["K", "step 1", "2", "3", "|used| / |gradient of all rows|"],
        [[str(K), *watch.sizes[:3], watch.ratios[0]] for K, watch in first.items()],
    )
    for K, watch in first.items():
        assert watch.sizes[:3] == [1, K, K], "one, and then whole windows"
        assert watch.ratios[0] < 2 / K, "the first gradient is a K-th of one micro-batch's"
    assert runs[8][wrong].loss < 1.1 * runs[8][right].loss, "over a long training it hardly shows"
    assert runs[32][wrong_cleared].loss > 1.5 * runs[32][right].loss, "with K as long as an epoch, 31 of 32 are lost"

    print("""
  The harm grows with K: where a window is a whole epoch and epochs begin by clearing, the model is trained on the
  first micro-batch alone, at a 32nd of the rate. With K = 8 all one loses is a little, and nothing that one would
  see.""")
    _show.plot(
        out / "p16_off_by_one.png",
        [(f"K = {K}", "epoch", "mean loss", {run.name: run.losses for run in of.values()}) for K, of in runs.items()],
    )


if __name__ == "__main__":
    _show.run(main)
