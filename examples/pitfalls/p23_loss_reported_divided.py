"""Pitfall P23: the gradient is right, the number that is reported is not.

    python examples/pitfalls/p23_loss_reported_divided.py

Under accumulation each loss is divided by K before ``backward()``, as it should be. Whoever then logs that very
variable logs a K-th of the loss; and whoever averages the batches' means gives the rows of a short last batch many
times the weight of the others. The weights are the same to the last bit: only the curve, and every comparison made
with it, is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 8
K = 4
ROWS = 1797  # in batches of 64 the last one holds 5


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> float:
    total = 0.0
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        total += loss.item()  # the divided one
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()
    return total / len(loader)


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> float:
    total, rows = 0.0, 0
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y)
        (loss / K).backward()
        total, rows = total + loss.item() * len(y), rows + len(y)
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()
    return total / rows


def wrong_means(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> float:
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()  # five rows count as much as 64
    return total / len(loader)


def right_means(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> float:
    total, rows = 0.0, 0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total, rows = total + loss.item() * len(y), rows + len(y)
    return total / rows


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, right)


def main(out: Path) -> None:
    x, y = _show.digits(ROWS)
    y[-5:] = (y[-5:] + 1) % 10  # the last five are hard: their labels are wrong
    whole, full = ROWS // 64 // K * K * 64, _show.sgd(0.4)
    fit = partial(_show.train, epochs=EPOCHS, batch_size=64)
    runs = {loop.__name__: fit(loop, (x[:whole], y[:whole]), full) for loop in (right, wrong)}
    runs |= {loop.__name__: fit(loop, (x, y), _show.sgd(0.1)) for loop in (right_means, wrong_means)}
    _show.table(
        f"the loss as each loop reports it: {whole} digits in 28 batches of 64, K = {K}; and {ROWS}, with a batch of 5",
        ["loop", "epoch 1", f"epoch {EPOCHS}", "true loss after it", "accuracy"],
        [
            [run.name, run.returned[0], run.returned[-1], run.loss, f"{_show.accuracy(run.model, (x, y)):.1%}"]
            for run in runs.values()
        ],
    )
    weight = ROWS / (29 * 5)
    print(f"\n  in the mean of means each of the last 5 rows counts {weight:.1f} times")
    reported = {name: run.returned for name, run in runs.items()}
    for a, b in (("right", "wrong"), ("right_means", "wrong_means")):
        assert np.array_equal(runs[a].weights, runs[b].weights), "the training is the same, to the last bit"
    for divided, true in zip(reported["wrong"], reported["right"], strict=True):
        assert abs(divided * K / true - 1) < 1e-5, "a K-th of the loss"
    assert reported["wrong_means"][-1] > 1.1 * reported["right_means"][-1], "five hard rows speak for a whole batch"

    print("""
  A loss that is K times too low looks like success, and changes when K is changed, though nothing else does. The
  mean of means is near the truth as long as the short batch is like the others; here its five labels are wrong,
  and it is not.""")
    _show.plot(
        out / "p23_loss_reported_divided.png",
        [
            (title, "epoch", "reported loss", {name: reported[name] for name in names})
            for title, names in (
                ("accumulation", ("right", "wrong")),
                ("a short last batch", ("right_means", "wrong_means")),
            )
        ],
    )


if __name__ == "__main__":
    _show.run(main)
