"""Pitfall P19: clipping in every micro-batch, or after the step.

    python examples/pitfalls/p19_clipping_in_the_wrong_place.py

Clipping belongs between the window's last backward pass and the step. Inside of the loop over micro-batches it scales
the early ones down again and again and the last one once: the sum points elsewhere. After the step it changes gradients
that have been used, which is to say nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import _show
import numpy as np

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 20
K = 8
BOUND = 0.1


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), BOUND)  # the window is not complete
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def wrong_after(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()
            nn.utils.clip_grad_norm_(model.parameters(), BOUND)  # the step has been made
            optimizer.zero_grad()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            nn.utils.clip_grad_norm_(model.parameters(), BOUND)
            optimizer.step()
            optimizer.zero_grad()


def unclipped(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_after, right, rows=384)


def main(out: Path) -> None:
    data = _show.digits(rows=1024)
    windows = _show.windows_of(data, 32 * K)
    runs = {
        loop: _show.train(loop, data, _show.sgd(0.5), epochs=EPOCHS, watch=windows)
        for loop in (right, wrong, wrong_after, unclipped)
    }
    _show.table(
        f"{K} micro-batches of 32 a step, bound {BOUND}, SGD 0.5: what the steps use, against the window's gradient",
        ["loop", "longest used", "cosine, least", "cosine, mean", f"loss, epoch {EPOCHS}"],
        [
            [
                loop.__name__,
                max(run.watch.lengths),
                float(np.min(_show.cosines(run.watch))),
                float(np.mean(_show.cosines(run.watch))),
                run.loss,
            ]
            for loop, run in runs.items()
        ],
    )
    assert max(runs[right].watch.lengths) < 1.001 * BOUND and min(_show.cosines(runs[right].watch)) > 0.9999
    assert max(runs[wrong].watch.lengths) < 1.001 * BOUND, "the wrong loop keeps the bound too ..."
    assert np.mean(_show.cosines(runs[wrong].watch)) < 0.97, "... but its steps point elsewhere"
    assert max(runs[wrong_after].watch.lengths) > 3 * BOUND
    assert np.array_equal(runs[wrong_after].weights, runs[unclipped].weights), "after the step, it does nothing"

    print("""
  The first loop passes every check of the norm. It is another method, in which what a micro-batch weighs hangs on its
  place in the window. The second ends lowest, since it is not clipped at all: here nothing needed to be.""")
    _show.plot(
        out / "p19_clipping_in_the_wrong_place.png",
        [
            ("digits", "epoch", "mean loss", {f.__name__: runs[f].losses for f in (right, wrong, wrong_after)}),
            (
                "gradient used / window's gradient",
                "step",
                "cosine",
                {f.__name__: list(_show.cosines(runs[f].watch)) for f in (right, wrong)},
            ),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
