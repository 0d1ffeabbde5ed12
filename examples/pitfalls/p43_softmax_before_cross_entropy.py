"""Pitfall P43: softmax before cross_entropy, and its kin.

    python examples/pitfalls/p43_softmax_before_cross_entropy.py

``cross_entropy`` takes logits and applies softmax itself. Given probabilities it applies it again, to numbers between
0 and 1: even a perfect answer then has a loss of log(1 + (C - 1) / e), which is 1.461 for ten classes, and the
gradients are small. The accuracy rises all the same. ``nll_loss`` on logits is the opposite fault: a loss with no
lower bound.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 15
CLASSES = 10


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> float:
    for x, y in loader:
        optimizer.zero_grad()
        probabilities = F.softmax(model(x), dim=1)
        loss = F.cross_entropy(probabilities, y)  # takes logits
        loss.backward()
        optimizer.step()
    return loss.item()


def wrong_nll(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> float:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.nll_loss(model(x), y)  # takes log-probabilities
        loss.backward()
        optimizer.step()
    return loss.item()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> float:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    return loss.item()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_nll, right)


def main(out: Path) -> None:
    data = _show.digits(800)
    floor = math.log(1 + (CLASSES - 1) / math.e)
    reported: dict[str, list[float]] = {}
    runs = {}
    rows = []
    for loop in (right, wrong, wrong_nll):
        run = runs[loop] = _show.train(loop, data, _show.sgd(0.1), epochs=EPOCHS, batch_size=40)
        reported[run.name] = run.returned
        accuracy = _show.accuracy(run.model, data)
        rows.append([run.name, run.returned[0], run.returned[-1], run.loss, f"{accuracy:.1%}"])
    _show.table(
        f"{EPOCHS} epochs of SGD on 800 digits; the loss that the loop prints, and cross-entropy as it should be",
        ["loop", "printed, epoch 1", f"epoch {EPOCHS}", "true loss", "accuracy"],
        rows,
    )
    floors = [(c, math.log(1 + (c - 1) / math.e)) for c in (2, 3, 4, 10)]
    print("\n  the floor of the loss after a softmax too many: " + ", ".join(f"{f:.3f} for {c}" for c, f in floors))
    assert min(reported["wrong"]) > floor, "it never gets below"
    assert reported["right"][-1] < 0.5
    assert runs[wrong].loss > 2 * runs[right].loss
    assert _show.accuracy(runs[wrong].model, data) > 0.6, "but it does learn"
    nll = reported["wrong_nll"]
    assert nll[-1] < -10 and all(a > b for a, b in itertools.pairwise(nll)), "the other falls and falls"

    print(f"""
  A loss that flattens above {floor:.2f} while the accuracy is fair is this fault's signature: most of what looks
  like a loss that could still fall cannot. A negative nll_loss, falling without end while the accuracy gets worse,
  is the other one's.""")
    _show.plot(
        out / "p43_softmax_before_cross_entropy.png",
        [
            ("the loss that is printed", "epoch", "loss", {k: reported[k] for k in ("right", "wrong")}),
            ("nll_loss on logits", "epoch", "loss", {"wrong_nll": nll}),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
