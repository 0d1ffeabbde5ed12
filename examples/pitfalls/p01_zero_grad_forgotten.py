"""Pitfalls P01 and P02: zero_grad() forgotten, or called once an epoch.

    python examples/pitfalls/p01_zero_grad_forgotten.py

``backward()`` adds to ``.grad``. Where nothing clears it, every step uses the sum of all gradients so far, which is
gradient descent with a momentum of 1: a ball that rolls without friction. Nothing raises, and at a small learning rate
the loss even falls faster, so the mistake is easily taken for a good setting. At a larger one it blows up.
"""

from __future__ import annotations

from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset

EPOCHS = 10

# --- One epoch, three ways -------------------------------------------------------------------------------------------


def never_cleared(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def once_an_epoch(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    optimizer.zero_grad()
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


# --- What it does ----------------------------------------------------------------------------------------------------


def gradients(data: _show.Batch) -> None:
    """What a step finds in .grad, when the loader gives all rows at once: it should be the gradient of just these."""
    everything = DataLoader(TensorDataset(*data), batch_size=len(data[0]))
    watches = {}
    for loop in (right, never_cleared):
        model = _show.mlp()
        optimizer = optim.SGD(model.parameters(), lr=0.01)
        watches[loop] = _show.Watch(model, optimizer, [data])
        for _ in range(20):
            loop(model, optimizer, everything)
    steps = (1, 2, 5, 10, 20)
    _show.table(
        "length of the gradient used / length of the full-batch gradient at these weights (all rows a step, lr 0.01)",
        ["step", *map(str, steps)],
        [[loop.__name__, *(watch.ratios[s - 1] for s in steps)] for loop, watch in watches.items()],
    )
    good, bad = watches[right], watches[never_cleared]
    assert max(good.errors) < 1e-6, "the right loop uses the gradient of the full batch"
    assert bad.errors[0] < 1e-6, "the first step is right either way"
    assert all(bad.ratios[s - 1] > 0.8 * s for s in steps), "step s uses s gradients"


def training(data: _show.Batch, lr: float) -> dict[str, list[float]]:
    """The loss over all rows after each epoch, in batches of 32."""
    curves: dict[str, list[float]] = {}
    for name, loop, momentum in [
        ("right", right, 0.0),
        ("never cleared", never_cleared, 0.0),
        ("once an epoch", once_an_epoch, 0.0),
        ("right, momentum 1", right, 1.0),
    ]:
        model = _show.mlp()
        optimizer = optim.SGD(model.parameters(), lr=lr, momentum=momentum)
        loader = DataLoader(TensorDataset(*data), batch_size=32, shuffle=True)
        curves[name] = []
        for _ in range(EPOCHS):
            loop(model, optimizer, loader)
            curves[name].append(_show.loss_on(model, data))
    return curves


def main(out: Path) -> None:
    data = _show.digits(rows=1440)
    gradients(data)

    curves = {lr: training(data, lr) for lr in (0.001, 0.01, 0.1)}
    _show.table(
        f"mean loss over all rows after {EPOCHS} epochs (batches of 32, SGD)",
        ["lr", *curves[0.01]],
        [[str(lr), *(losses[-1] for losses in at.values())] for lr, at in curves.items()],
    )
    small, middle, large = curves.values()
    for name in ("never cleared", "once an epoch"):
        assert small[name][-1] < small["right"][-1], "at a small rate the mistake looks like progress"
        assert large[name][-1] > 100 > large["right"][-1], "at a large one it diverges where the right loop learns"
    assert middle["once an epoch"][-1] < middle["right"][-1] < middle["never cleared"][-1]
    for a, b in zip(small["never cleared"], small["right, momentum 1"], strict=True):
        assert abs(a - b) < 1e-3 * b, "never clearing is a momentum of 1, to rounding"

    print("""
  Never cleared is SGD with momentum 1: the two columns agree until rounding has grown large. Cleared once an epoch, the
  ball is stopped now and then, which is why it can end below the right loop (lr 0.01) and still diverge (lr 0.1). The
  right loop is slow at 0.001 and 0.01 because the rate is too small, not because the gradient is wrong: see 0.1.
  (How large a loss has grown that diverges hangs on rounding, so on the machine; that it diverges does not.)""")
    _show.plot(
        out / "p01_zero_grad_forgotten.png",
        [
            (f"SGD, lr {lr}", "epoch", "mean loss", {name: curves[lr][name] for name in list(curves[lr])[:3]})
            for lr in (0.01, 0.1)
        ],
    )


if __name__ == "__main__":
    _show.run(main)
