"""Pitfall P27: a layer is frozen while it trains, and goes on moving.

    python examples/pitfalls/p27_frozen_too_late.py

``requires_grad_(False)`` stops gradients from being computed. It does not remove the one that is there, nor the layer
from its optimizer: with zeros in ``.grad`` momentum carries it on, Adam's averages do, and weight decay pulls it to
zero. The "pretrained" body drifts away under the head that is being trained on it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

from minitorch import nn, optim
from minitorch.nn import functional as F

WARM = 20  # steps with the body, ...
STEPS = 40  # ... and steps on its features

Result = tuple[
    list[float], list[float]
]  # how far the body has moved since it was frozen, and the loss, after each step


def warmed(make: _show.Make, data: _show.Batch) -> tuple[nn.Module, optim.Optimizer]:
    """A network that has been trained for a while, all of it."""
    model = _show.mlp()
    optimizer = make(model.parameters())
    for _ in range(WARM):
        step(model, optimizer, data)
    return model, optimizer


def step(model: nn.Module, optimizer: optim.Optimizer, data: _show.Batch) -> None:
    optimizer.zero_grad(set_to_none=False)
    F.cross_entropy(model(data[0]), data[1]).backward()
    optimizer.step()


def wrong(make: _show.Make, data: _show.Batch, steps: int = STEPS) -> Result:
    model, optimizer = warmed(make, data)
    model[0].requires_grad_(False)  # its .grad and its momentum stay
    return head_only(model, optimizer, data, steps)


def right(make: _show.Make, data: _show.Batch, steps: int = STEPS) -> Result:
    model, _ = warmed(make, data)
    model[0].requires_grad_(False)
    model[0].zero_grad(set_to_none=True)
    return head_only(model, make(model[2].parameters()), data, steps)  # an optimizer without it


def head_only(model: nn.Module, optimizer: optim.Optimizer, data: _show.Batch, steps: int) -> Result:
    frozen = model[0].weight.detach().numpy().copy()
    moved, losses = [], []
    for _ in range(steps):
        step(model, optimizer, data)
        moved.append(float(np.linalg.norm(model[0].weight.numpy() - frozen) / np.linalg.norm(frozen)))
        losses.append(_show.loss_on(model, data))
    return moved, losses


MAKES = {
    "SGD, momentum 0.9": _show.sgd(0.05, momentum=0.9),
    "Adam": _show.adam(0.01),
    "SGD, decay 0.02": _show.sgd(0.1, weight_decay=0.02),
}


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(64)
    return {loop.__name__: partial(loop, MAKES["Adam"], data, 4) for loop in (wrong, right)}


def main(out: Path) -> None:
    data = _show.digits(600)
    rows, drift = [], {}
    for name, make in MAKES.items():
        (bad, bad_loss), (good, good_loss) = wrong(make, data), right(make, data)
        drift[name] = bad
        rows.append([name, f"{max(good):.2%}", f"{bad[9]:.2%}", f"{bad[-1]:.2%}", good_loss[-1], bad_loss[-1]])
        assert max(good) == 0.0, "out of the optimizer it does not move"
        assert bad[-1] > 0.005, "and left in it does"
    _show.table(
        f"how far the frozen layer has moved, of its own length, and the loss {STEPS} steps after",
        ["optimizer", "right", "wrong, 10 steps", f"wrong, {STEPS} steps", "loss, right", "wrong"],
        rows,
    )
    momentum, _adam, decay = drift.values()
    assert momentum[-1] - momentum[19] < 0.2 * momentum[-1], "momentum runs out"
    assert all(a < b for a, b in itertools.pairwise(decay)), "decay never does"

    print("""
  The loss looks no worse; with momentum it looks better, since the drift goes on along the way the training was
  going. What is lost is that the body was to stay as it is: another head that relies on it, or a comparison with
  it, is spoilt.""")
    _show.plot(
        out / "p27_frozen_too_late.png",
        [("a layer that was frozen", "step after", "moved by, of its length", drift)],
    )


if __name__ == "__main__":
    _show.run(main)
