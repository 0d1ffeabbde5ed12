"""Pitfall P32: one loss is counted twice in a step.

    python examples/pitfalls/p32_loss_counted_twice.py

``backward()`` is called on a loss, and then on a sum that contains it. Gradients add up, so the first loss weighs 2
and the penalty beside it half of what was chosen. No curve is odd: it is a correct training of another objective.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 20
DECAY = 0.02


def penalty(model: nn.Module) -> torch.Tensor:
    return DECAY * sum(p.pow(2).sum() for p in model.parameters())


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward(retain_graph=True)
        total = loss + penalty(model)
        total.backward()  # goes through loss again
        optimizer.step()


def wrong_again(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        total = F.cross_entropy(model(x), y) + penalty(model)
        total.backward(retain_graph=True)
        total.backward()  # perhaps left over from a look at the gradient
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        total = F.cross_entropy(model(x), y) + penalty(model)
        total.backward()
        optimizer.step()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_again, right)


def used(loop: _show.Loop, data: _show.Batch) -> np.ndarray:
    """What one step of a loop, on all data and at the first weights, moves the weights by, as a gradient."""
    start = _show.flat([p.detach() for p in _show.mlp().parameters()])
    run = _show.train(loop, data, _show.sgd(1.0), epochs=1, batch_size=len(data[1]))
    return start - run.weights


def main(out: Path) -> None:
    data = _show.digits(600)
    model = _show.mlp()
    g = {
        "loss": _show.flat(torch.autograd.grad(F.cross_entropy(model(data[0]), data[1]), list(model.parameters()))),
        "penalty": _show.flat(torch.autograd.grad(penalty(model), list(model.parameters()))),
    }
    rows, runs = [], {}
    for loop in (right, wrong, wrong_again):
        weights = np.linalg.lstsq(np.stack(list(g.values()), axis=1), used(loop, data), rcond=None)[0]
        run = runs[loop] = _show.train(loop, data, _show.sgd(0.1), epochs=EPOCHS, shuffle=True)
        length = float(np.linalg.norm(run.weights))
        rows.append([loop.__name__, *(f"{w:.3f}" for w in weights), run.loss, length])
        expected = {right: (1, 1), wrong: (2, 1), wrong_again: (2, 2)}[loop]
        assert np.allclose(weights, expected, atol=1e-2), "so often each term is in the gradient"
    _show.table(
        f"weight of each term in the gradient of a step; and after {EPOCHS} epochs of SGD",
        ["loop", "weight of loss", "of penalty", "loss", "length of weights"],
        rows,
    )
    lengths = [row[-1] for row in rows]
    assert lengths[1] > 1.1 * lengths[0], "the penalty has half its strength"
    assert runs[wrong].loss < 0.9 * runs[right].loss, "and the training loss looks better for it"
    assert abs(lengths[2] / lengths[0] - 1) < 0.05, "all of it twice is only a larger step"

    print("""
  The wrong loop's training loss is lower: that is what a weaker penalty does. Somebody who compares strengths of
  the penalty finds the right one at twice its value, and cannot reproduce a paper.""")
    _show.plot(
        out / "p32_loss_counted_twice.png",
        [("digits, with a penalty", "epoch", "mean loss, without it", {r.name: r.losses for r in runs.values()})],
    )


if __name__ == "__main__":
    _show.run(main)
