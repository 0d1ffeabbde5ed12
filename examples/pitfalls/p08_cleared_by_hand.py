"""Pitfall P08: gradients cleared by hand: None, truth values, names.

    python examples/pitfalls/p08_cleared_by_hand.py

``.grad`` is None until the first backward pass, so ``p.grad.zero_()`` at the top of the loop fails at once. ``if
p.grad:`` asks the truth value of an array, which has none. Both raise and are soon mended; a third form does not:
giving a name a new value clears nothing, and the loop becomes that of P01.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import _show

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

EPOCHS = 10
FOUND = {"wrong_name": "P01"}  # what the doctor calls it, where that is not P08


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        for p in model.parameters():
            p.grad.zero_()  # there is none yet
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def wrong_truth(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        for p in model.parameters():
            if p.grad:  # is an array true?
                p.grad.zero_()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def wrong_name(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        gradients = [p.grad for p in model.parameters()]
        for i in range(len(gradients)):
            gradients[i] = None  # an entry of this list; .grad is as it was
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        for p in model.parameters():
            p.grad = None
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_truth, wrong_name, right)


def main(out: Path) -> None:
    data = _show.digits(rows=960)
    rates = (0.001, 1.0)
    rows, runs = [], {}
    for loop in (right, wrong, wrong_truth, wrong_name):
        cells = []
        for lr in rates:
            try:
                runs[loop, lr] = _show.train(loop, data, _show.sgd(lr), epochs=EPOCHS)
                cells.append(runs[loop, lr].loss)
            except (AttributeError, RuntimeError) as error:
                cells.append(type(error).__name__)
                if lr == rates[0]:
                    print(f"{loop.__name__}: {cells[-1]}: {error}")
        rows.append([loop.__name__, *cells])
    _show.table(
        f"mean loss over all rows after {EPOCHS} epochs (batches of 32, SGD)",
        ["loop", *(f"lr {lr}" for lr in rates)],
        rows,
    )
    assert {loop for loop, _ in runs} == {right, wrong_name}, "the other two do not get past their first batch"
    assert runs[wrong_name, 0.001].loss < runs[right, 0.001].loss, "the third is P01: better at a small rate ..."
    assert runs[wrong_name, 1.0].loss > 100 > runs[right, 1.0].loss, "... and far worse at a large one"
    one = torch.tensor(0.0, requires_grad=True)
    (one * one).backward()
    assert one.grad is not None and not one.grad, "a gradient of 0 counts as none"

    print("""
  With a single number `if w.grad:` does not raise: it is false where the gradient is 0.""")
    _show.plot(
        out / "p08_cleared_by_hand.png",
        [
            (f"lr {lr}", "epoch", "mean loss", {loop.__name__: runs[loop, lr].losses for loop in (right, wrong_name)})
            for lr in rates
        ],
    )


if __name__ == "__main__":
    _show.run(main)
