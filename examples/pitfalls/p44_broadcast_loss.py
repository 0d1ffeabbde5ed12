"""Pitfall P44: prediction (N, 1), target (N,): the loss is over N x N pairs.

    python examples/pitfalls/p44_broadcast_loss.py

Shapes that differ are broadcast, so every prediction is compared with every target. The best that a model can do then
is to predict the mean of the targets for everybody, and that is what it learns. The loss falls, to the variance.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
from sklearn.datasets import load_diabetes

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F

STEPS = 80


def wrong(x: torch.Tensor, y: torch.Tensor, steps: int = STEPS) -> tuple[nn.Module, list[float]]:
    return fit(lambda output: F.mse_loss(output, y), x, steps)  # (N, 1) and (N,)


def wrong_by_hand(x: torch.Tensor, y: torch.Tensor, steps: int = STEPS) -> tuple[nn.Module, list[float]]:
    return fit(lambda output: ((output - y) ** 2).mean(), x, steps)  # without even a warning


def right(x: torch.Tensor, y: torch.Tensor, steps: int = STEPS) -> tuple[nn.Module, list[float]]:
    return fit(lambda output: F.mse_loss(output.squeeze(1), y), x, steps)


def fit(loss_of: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, steps: int) -> tuple[nn.Module, list[float]]:
    model = _show.seeded(partial(nn.Linear, x.shape[1], 1))
    optimizer = optim.SGD(model.parameters(), lr=0.2)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model(x))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses


def line() -> tuple[torch.Tensor, torch.Tensor]:
    """y = 3 x, without noise."""
    x = torch.linspace(-1, 1, 60)
    return x[:, None], 3 * x


def diabetes() -> tuple[torch.Tensor, torch.Tensor]:
    x, y = load_diabetes(return_X_y=True)
    x, y = x / x.std(axis=0), (y - y.mean()) / y.std() + 2
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)


def cases() -> dict[str, Callable[[], object]]:
    def quiet(loop: Callable[..., object]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loop(*line(), 4)

    return {loop.__name__: partial(quiet, loop) for loop in (right, wrong, wrong_by_hand)}


def main(out: Path) -> None:
    for loop in (wrong, wrong_by_hand):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            loop(*line(), 1)
        print(f"\n{loop.__name__}: " + (str(said[0].message).split(". ")[0][:110] + " ..." if said else "no warning"))
        assert bool(said) == (loop is wrong)
    warnings.simplefilter("ignore")

    rows = []
    for loop in (right, wrong, wrong_by_hand):
        model, losses = loop(*line())
        rows.append([loop.__name__, model.weight.item(), losses[-1]])
    _show.table("y = 3 x", ["loop", "slope", "loss"], rows)
    assert abs(rows[0][1] - 3) < 0.01 and max(abs(row[1]) for row in rows[1:]) < 0.01, "a slope of 0 instead of 3"

    x, y = diabetes()
    rows, curves, spread = [], {}, {}
    for loop in (right, wrong, wrong_by_hand):
        name = loop.__name__
        model, curves[name] = loop(x, y)
        predicted = model(x).detach().squeeze(1)
        explained = 1 - ((predicted - y).pow(2).mean() / y.var(correction=0)).item()
        spread[name] = predicted.std().item()
        rows.append(
            [name, curves[name][0], curves[name][-1], predicted.mean().item(), spread[name], f"{explained:.3f}"]
        )
    _show.table(
        f"diabetes, {STEPS} steps; the targets have mean 2 and variance 1",
        ["loop", "loss, first", "last", "mean of predictions", "their spread", "R squared"],
        rows,
    )
    assert spread["right"] > 0.5 and max(spread["wrong"], spread["wrong_by_hand"]) < 0.1
    assert abs(curves["wrong"][-1] - 1) < 0.02, "the loss ends at the variance of the targets"
    assert curves["wrong"][-1] < 0.3 * curves["wrong"][0], "and has fallen well to get there"

    print("""
  The loss has fallen, the predictions have the right mean, nothing was raised. Compare a regression with the
  variance of its targets: a loss that ends there has learnt the mean.""")
    _show.plot(out / "p44_broadcast_loss.png", [("diabetes", "step", "the loss that is printed", curves)])


if __name__ == "__main__":
    _show.run(main)
