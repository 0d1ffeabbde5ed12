"""Pitfall P24: something happens in the middle of a window.

    python examples/pitfalls/p24_mid_window.py

A bad micro-batch is skipped, but the loop's index goes on: its window holds three passes divided by four. Or somebody
looks at a saliency map between two micro-batches, and the ``backward()`` of that look adds to the weights' gradients
too. Both happen now and then, in one step of many, and no curve shows them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

K = 4
BAD = 5  # the index of the batch that holds a NaN


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y)
        if math.isfinite(loss.item()):
            (loss / K).backward()
        if (i + 1) % K == 0:  # counts the skipped one too
            optimizer.step()
            optimizer.zero_grad()


def wrong_look(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        (F.cross_entropy(model(x), y) / K).backward()
        if i % K == 1:
            model.eval()
            image = x[:1].clone().requires_grad_()
            model(image)[0, int(y[0])].backward()  # for image.grad; but the weights get theirs as well
            model.train()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    applied = 0
    for x, y in loader:
        loss = F.cross_entropy(model(x), y)
        if not math.isfinite(loss.item()):
            continue
        (loss / K).backward()
        applied += 1
        if applied % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def right_look(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for i, (x, y) in enumerate(loader):
        (F.cross_entropy(model(x), y) / K).backward()
        if i % K == 1:
            model.eval()
            image = x[:1].clone().requires_grad_()
            torch.autograd.grad(model(image)[0, int(y[0])], image)  # gives the gradient, and adds it nowhere
            model.train()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def spoilt(rows: int, batch_size: int) -> _show.Batch:
    """Digits with a NaN in one batch."""
    x, y = _show.digits(rows)
    x[BAD * batch_size + 3, 7] = float("nan")
    return x, y


def cases() -> dict[str, Callable[[], object]]:
    bad, good = spoilt(336, 16), _show.digits(320)
    fit = partial(_show.train, make=_show.sgd(0.05), epochs=1, batch_size=16)
    runs = {loop.__name__: partial(fit, loop, bad) for loop in (wrong, right)}
    return runs | {loop.__name__: partial(fit, loop, good) for loop in (wrong_look, right_look)}


def window(data: _show.Batch, batches: Sequence[int]) -> _show.Batch:
    """Some micro-batches as one batch."""
    rows = [row for b in batches for row in range(32 * b, 32 * b + 32)]
    return data[0][rows], data[1][rows]


def main(out: Path) -> None:
    data, bad = _show.digits(672), spoilt(672, 32)
    plain = [range(4 * s, 4 * s + 4) for s in range(5)]
    skipped = [[0, 1, 2, 3], [4, 6, 7], *plain[2:]]  # the windows of the wrong loop
    moved = [[0, 1, 2, 3], [4, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [17, 18, 19, 20]]  # those of the right one
    plans = {
        wrong: (bad, skipped),
        right: (bad, moved),
        wrong_look: (data, plain),
        right_look: (data, plain),
    }
    errors, ratios = {}, {}
    for loop, (rows, windows) in plans.items():
        watch = _show.train(loop, rows, _show.sgd(0.1), epochs=1, watch=[window(data, w) for w in windows]).watch
        errors[loop.__name__], ratios[loop.__name__] = watch.errors, watch.ratios
    _show.table(
        f"gradient used against that of the window's rows (K = {K}, batch {BAD + 1} is bad): |used - full| / |full|",
        ["loop", *(f"step {s}" for s in range(1, 6))],
        [[name, *row] for name, row in errors.items()],
    )
    print(f"\n  length of the second step's gradient in the wrong loop: {ratios['wrong'][1]:.3g} of what it should be")
    assert abs(ratios["wrong"][1] - 3 / 4) < 1e-4, "three passes, divided by four"
    assert max(errors["wrong"][:1] + errors["wrong"][2:]) < 1e-4, "and nothing else is wrong with that loop"
    assert max(errors["right"]) < 1e-4
    assert max(errors["right_look"]) < 1e-4 < 0.1 < min(errors["wrong_look"]), "the look adds to every step"

    print("""
  One short step among many does not show in a loss. The look is worse: a score's gradient is large, and it pushes
  the weights to lower one score of one image. It is a look at the model, and it changes the model.""")
    _show.plot(
        out / "p24_mid_window.png",
        [
            ("a skipped batch", "step", "gradient error", {k: np.round(errors[k], 5) for k in ("right", "wrong")}),
            (
                "a saliency map",
                "step",
                "gradient error",
                {k: np.round(errors[k], 5) for k in ("right_look", "wrong_look")},
            ),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
