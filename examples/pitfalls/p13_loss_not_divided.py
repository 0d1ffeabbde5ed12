"""Pitfall P13: the loss not divided when gradients are accumulated.

    python examples/pitfalls/p13_loss_not_divided.py

K micro-batches are to stand for one batch K times as large. Each loss is a mean over its own rows, so K of them add up
to K times the mean over all rows: the gradient is K times too long. For plain SGD that is a learning rate K times as
large; clipping by norm cuts in where it should not; and Adam, which divides by the gradient's own size, hides it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset

EPOCHS = 15
ROWS = 1024  # 32 micro-batches of 32, 4 windows of 8: nothing is left over, which would be another pitfall
NO_CLIPPING = float("inf")


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, K: int, max_norm: float) -> list[float]:
    norms = []
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        if (i + 1) % K == 0:
            norms.append(nn.utils.clip_grad_norm_(model.parameters(), max_norm).item())
            optimizer.step()
            optimizer.zero_grad()
    return norms


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, K: int, max_norm: float) -> list[float]:
    norms = []
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K
        loss.backward()
        if (i + 1) % K == 0:
            norms.append(nn.utils.clip_grad_norm_(model.parameters(), max_norm).item())
            optimizer.step()
            optimizer.zero_grad()
    return norms


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(256)
    return {loop.__name__: partial(training, data, _show.sgd(0.05), loop, epochs=2) for loop in (wrong, right)}


# --- What it does ----------------------------------------------------------------------------------------------------


def gradients(data: _show.Batch) -> None:
    """One step that has gone through all rows, in K micro-batches, against the gradient of all rows at once."""
    rows = []
    for K in (1, 2, 8, 32):
        watches = {}
        for loop in (right, wrong):
            model = _show.mlp()
            optimizer = optim.SGD(model.parameters(), lr=0.1)
            watches[loop] = _show.Watch(model, optimizer, [data])
            loop(model, optimizer, DataLoader(TensorDataset(*data), batch_size=ROWS // K), K, NO_CLIPPING)
        (good,), (bad,) = watches[right].ratios, watches[wrong].ratios
        rows.append([K, good, bad])
        assert watches[right].errors[0] < 1e-5, "divided, it is the gradient of the full batch"
        assert abs(bad / K - 1) < 1e-5, "not divided, it is K times as long"
    _show.table("length of the gradient used / length of the full-batch gradient", ["K", "right", "wrong"], rows)


def training(
    data: _show.Batch,
    make: _show.Make,
    loop: _show.Loop,
    max_norm: float = NO_CLIPPING,
    epochs: int | None = None,
) -> tuple[list[float], float]:
    """The loss over all rows after each epoch, and the share of steps that were clipped. K = 8 micro-batches of 32."""
    model = _show.mlp()
    optimizer = make(model.parameters())
    loader = DataLoader(TensorDataset(*data), batch_size=32, shuffle=True)
    losses, norms = [], []
    for _ in range(epochs or EPOCHS):
        norms += loop(model, optimizer, loader, 8, max_norm)
        losses.append(_show.loss_on(model, data))
    return losses, sum(norm > max_norm for norm in norms) / len(norms)


def main(out: Path) -> None:
    data = _show.digits(ROWS)
    gradients(data)

    settings: dict[str, tuple[_show.Make, float]] = {
        "SGD, lr 0.1": (_show.sgd(0.1), NO_CLIPPING),
        "SGD, lr 0.8": (_show.sgd(0.8), NO_CLIPPING),
        "SGD, lr 0.8, clipped at norm 1": (_show.sgd(0.8), 1.0),
        "Adam, lr 0.003": (_show.adam(0.003), NO_CLIPPING),
    }
    runs = {
        name: {loop: training(data, make, loop, max_norm) for loop in (right, wrong)}
        for name, (make, max_norm) in settings.items()
    }
    rows = []
    for name, run in runs.items():
        (good, good_clipped), (bad, bad_clipped) = run[right], run[wrong]
        rows.append([name, good[-1], bad[-1], f"{good_clipped:.0%}", f"{bad_clipped:.0%}"])
    _show.table(
        f"mean loss over all rows after {EPOCHS} epochs (K = 8 micro-batches of 32), and how many steps were clipped",
        ["optimizer", "right", "wrong", "clipped, right", "clipped, wrong"],
        rows,
    )
    slow, fast, clipped, adam = runs.values()
    assert slow[wrong][0][-1] < slow[right][0][-1], "at a small rate the mistake looks like progress"
    for a, b in zip(slow[wrong][0], fast[right][0], strict=True):
        assert abs(a - b) < 1e-3 * b, "not dividing at lr 0.1 is dividing at lr 8 * 0.1"
    assert fast[wrong][0][-1] > 100 > fast[right][0][-1], "and lr 8 * 0.8 diverges"
    assert clipped[right][1] == 0.0 < clipped[wrong][1], "the norm is past the bound only because it is 8-fold"
    for a, b in zip(adam[right][0], adam[wrong][0], strict=True):
        assert abs(a - b) < 1e-2 * b, "Adam does not mind the scale"

    print("""
  SGD without the division at 0.1 is SGD with it at 8 * 0.1 = 0.8, epoch by epoch: nothing was gained but a larger
  rate, and the rate that suits the large batch blows up. Adam ends in the same place either way, so a loop tried with
  Adam proves nothing about its scale; a bound on the norm, chosen for the large batch, does notice.
  (How large a loss has grown that diverges hangs on rounding, so on the machine; that it diverges does not.)""")
    _show.plot(
        out / "p13_loss_not_divided.png",
        [
            (name, "epoch", "mean loss", {loop.__name__: run[loop][0] for loop in (right, wrong)})
            for name, run in (("SGD, lr 0.1", slow), ("SGD, lr 0.8", fast), ("Adam, lr 0.003", adam))
        ],
    )


if __name__ == "__main__":
    _show.run(main)
