"""Pitfall P45: one gradient that is no number, and the model is gone.

    python examples/pitfalls/p45_non_finite_gradient.py

A NaN in one pixel of one row makes the loss of its batch NaN, the gradient NaN, and after the step all weights NaN:
every batch that follows is lost too. Under accumulation one bad micro-batch spoils the whole window. The derivative
can be infinite even where the value is fine, as that of sqrt at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 5
BAD = 7  # the batch with the NaN


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> list[float]:
    losses = []
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def wrong_root(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> list[float]:
    losses = []
    for x, y in loader:
        optimizer.zero_grad()
        logits = model(x)
        spread = ((logits - logits.detach()) ** 2).sum().sqrt()  # a distance that is 0: its derivative is not finite
        loss = F.cross_entropy(logits, y) + 0.1 * spread
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> list[float]:
    losses = []
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        if not math.isfinite(loss.item()):
            continue  # this batch only
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def spoilt(rows: int, batch_size: int) -> _show.Batch:
    """Digits, one pixel of which is no number."""
    x, y = _show.digits(rows)
    x[BAD * batch_size + 3, 7] = float("nan")
    return x, y


def cases() -> dict[str, Callable[[], object]]:
    data = spoilt(160, 16)
    fit = partial(_show.train, data=data, make=_show.sgd(0.05), epochs=1, batch_size=16)
    return {loop.__name__: partial(fit, loop) for loop in (wrong, wrong_root, right)}


def main(out: Path) -> None:
    data = spoilt(800, 40)
    good = _show.digits(800)
    rows, curves, lost = [], {}, {}
    for loop in (right, wrong, wrong_root):
        with np.errstate(all="ignore"):
            run = _show.train(loop, data, _show.sgd(0.1), epochs=EPOCHS, batch_size=40)
        lost[run.name] = float(np.isnan(run.weights).mean())
        curves[run.name] = [value for epoch in run.returned for value in epoch]
        finite = sum(map(math.isfinite, curves[run.name]))
        accuracy = f"{_show.accuracy(run.model, good):.1%}"
        rows.append([run.name, f"{finite} of {len(curves[run.name])}", f"{lost[run.name]:.0%}", accuracy])
    _show.table(
        f"{EPOCHS} epochs of 20 batches; batch {BAD + 1} has one pixel of 2560 that is NaN",
        ["loop", "losses that are finite", "weights that are NaN", "accuracy"],
        rows,
    )
    assert lost == {"right": 0.0, "wrong": 1.0, "wrong_root": 1.0}, "one pixel, and every weight"
    assert sum(map(math.isfinite, curves["wrong"])) == BAD, "finite until it came"
    assert math.isfinite(curves["wrong_root"][0]) and not math.isfinite(curves["wrong_root"][1]), "the loss was fine"

    def window(guarded: bool) -> float:
        model = _show.mlp()
        for x, y in _show.windows_of(data, 40)[BAD - 3 : BAD + 1]:  # the bad one comes last
            loss = F.cross_entropy(model(x), y) / 4
            if math.isfinite(loss.item()) or not guarded:
                loss.backward()
        return float(np.isnan(_show.flat([p.grad for p in model.parameters()])).mean())

    share = {guarded: window(guarded) for guarded in (False, True)}
    print(f"\n  four micro-batches, the last one bad: {share[False]:.0%} of .grad is NaN; not added, {share[True]:.0%}")
    assert share == {False: 1.0, True: 0.0}
    assert torch.isnan(torch.tensor(curves["wrong"][-1])).item()

    print("""
  Asking whether the loss is finite before backward() saves the first loop and not the second: there the loss is a
  number and the gradient is not. clip_grad_norm_(..., error_if_nonfinite=True) asks the gradient. (With a batch
  left out, a window is short: see P24.)""")
    plotted = {name: [v for v in curves[name] if math.isfinite(v)] for name in ("right", "wrong")}
    _show.plot(out / "p45_non_finite_gradient.png", [("until it is no number", "step", "loss", plotted)])


if __name__ == "__main__":
    _show.run(main)
