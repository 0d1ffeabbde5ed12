"""Pitfall P01: zero_grad() forgotten.

    python examples/pitfalls/p01_zero_grad_forgotten.py

``backward()`` adds to ``.grad``. Where nothing clears it, every step uses the sum of all gradients so far, which is
gradient descent with a momentum of 1: a ball that rolls without friction. Nothing raises, and at a small learning rate
the loss even falls faster, so the mistake is easily taken for a good setting. At a larger one it blows up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 10


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        loss = F.cross_entropy(model(x), y)
        loss.backward()  # adds to what all earlier batches have left
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, right)


# --- What it does ----------------------------------------------------------------------------------------------------


def gradients(data: _show.Batch) -> None:
    """What a step finds in .grad, when the loader gives all rows at once: it should be the gradient of just these."""
    rows = len(data[1])
    watches = {
        loop: _show.train(loop, data, _show.sgd(0.01), epochs=20, batch_size=rows, watch=[data]).watch
        for loop in (right, wrong)
    }
    steps = (1, 2, 5, 10, 20)
    _show.table(
        "length of the gradient used / length of the full-batch gradient at these weights (all rows a step, lr 0.01)",
        ["step", *map(str, steps)],
        [[loop.__name__, *(watch.ratios[s - 1] for s in steps)] for loop, watch in watches.items()],
    )
    good, bad = watches[right], watches[wrong]
    assert max(good.errors) < 1e-6, "the right loop uses the gradient of the full batch"
    assert bad.errors[0] < 1e-6, "the first step is right either way"
    assert all(bad.ratios[s - 1] > 0.8 * s for s in steps), "step s uses s gradients"


def training(data: _show.Batch, lr: float) -> dict[str, list[float]]:
    """The loss over all rows after each epoch, in batches of 32."""
    return {
        name: _show.train(loop, data, _show.sgd(lr, momentum=momentum), epochs=EPOCHS, shuffle=True).losses
        for name, loop, momentum in [("right", right, 0.0), ("wrong", wrong, 0.0), ("right, momentum 1", right, 1.0)]
    }


def main(out: Path) -> None:
    data = _show.digits(rows=960)
    gradients(data)

    curves = {lr: training(data, lr) for lr in (0.001, 0.01, 1.0)}
    _show.table(
        f"mean loss over all rows after {EPOCHS} epochs (batches of 32, SGD)",
        ["lr", *curves[0.01]],
        [[str(lr), *(losses[-1] for losses in at.values())] for lr, at in curves.items()],
    )
    small, _, large = curves.values()
    assert small["wrong"][-1] < small["right"][-1], "at a small rate the mistake looks like progress"
    assert large["wrong"][-1] > 100 > large["right"][-1], "at a large one it diverges where the right loop learns"
    for a, b in zip(small["wrong"], small["right, momentum 1"], strict=True):
        assert abs(a - b) < 1e-3 * b, "never clearing is a momentum of 1, to rounding"

    print("""
  Never cleared is SGD with momentum 1: the two columns agree until rounding has grown large. The right loop is slow at
  0.001 and 0.01 because the rate is too small, not because the gradient is wrong: see 1.0. (How large a loss has grown
  that diverges hangs on rounding, so on the machine; that it diverges does not.)""")
    _show.plot(
        out / "p01_zero_grad_forgotten.png",
        [
            (f"SGD, lr {lr}", "epoch", "mean loss", {name: curves[lr][name] for name in ("right", "wrong")})
            for lr in curves
        ],
    )


if __name__ == "__main__":
    _show.run(main)
