"""Pitfall P02: zero_grad() once an epoch instead of once a step.

    python examples/pitfalls/p02_zero_grad_once_an_epoch.py

Within an epoch every step uses the sum of the gradients of all steps before it, a momentum of 1; the next epoch stops
the ball and lets it roll again. Of all the forms of this mistake it is the most silent: a search for ``zero_grad``
finds it in the file, and at the right (small) learning rate the loss ends *below* that of the right loop.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 10
RATES = (0.001, 0.01, 0.1, 1.0)


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    optimizer.zero_grad()  # one line too high
    for x, y in loader:
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, right)


def main(out: Path) -> None:
    data = _show.digits(rows=960)
    batches = _show.windows_of(data, 32)

    watch = _show.train(wrong, data, _show.sgd(0.001), epochs=2, watch=batches).watch
    n = len(batches)
    steps = (1, 2, 10, n, n + 1, n + 2)
    _show.table(
        f"length of the gradient used / length of its batch's gradient ({n} batches an epoch, lr 0.001)",
        ["step", *map(str, steps)],
        [["wrong", *(watch.ratios[s - 1] for s in steps)]],
    )
    assert watch.errors[0] < 1e-5 and watch.errors[n] < 1e-5, "the first step of each epoch is right"
    assert watch.ratios[n - 1] > 5, "the last one is many gradients long"

    runs = {
        lr: {loop: _show.train(loop, data, _show.sgd(lr), epochs=EPOCHS, shuffle=True) for loop in (right, wrong)}
        for lr in RATES
    }
    _show.table(
        f"after {EPOCHS} epochs (batches of 32, SGD): mean loss over all rows",
        ["lr", "right", "wrong", "accuracy, right", "wrong"],
        [
            [str(lr), *(r.loss for r in at.values()), *(f"{_show.accuracy(r.model, data):.1%}" for r in at.values())]
            for lr, at in runs.items()
        ],
    )
    assert all(runs[lr][wrong].loss < runs[lr][right].loss for lr in (0.001, 0.01)), "it looks like progress"
    assert runs[1.0][wrong].loss > 100 > runs[1.0][right].loss, "and diverges where the right loop learns best"
    best = min(run[right].loss for run in runs.values())
    assert best < min(run[wrong].loss for run in runs.values()), "the best of the right loop is not reached"

    print("""
  Whoever tunes the rate with the wrong loop settles on a small one and sees a good curve. The gain is a larger step in
  disguise: the right loop, tried at rates that are large enough for it, ends below the wrong loop's best.""")
    _show.plot(
        out / "p02_zero_grad_once_an_epoch.png",
        [
            (f"SGD, lr {lr}", "epoch", "mean loss", {loop.__name__: r.losses for loop, r in runs[lr].items()})
            for lr in (0.01, 1.0)
        ],
    )


if __name__ == "__main__":
    _show.run(main)
