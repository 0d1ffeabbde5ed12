"""Pitfall P40: a validation in training mode.

    python examples/pitfalls/p40_eval_forgotten.py

Without ``eval()`` dropout goes on dropping and batch norm goes on using the batch: the figure is pessimistic, and
another one each time it is computed, and it depends on how the validation set is cut into batches. And the running
averages that ``eval()`` would use take up the validation data.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F

EPOCHS = 10


def net() -> nn.Module:
    return nn.Sequential(nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 10))


def wrong(model: nn.Module, batches: list[_show.Batch]) -> float:
    hits = 0
    with torch.no_grad():
        for x, y in batches:
            logits = model(x)  # as in training
            hits += int((logits.argmax(1) == y).sum())
    return hits / sum(len(y) for _, y in batches)


def right(model: nn.Module, batches: list[_show.Batch]) -> float:
    hits = 0
    model.eval()
    with torch.no_grad():
        for x, y in batches:
            logits = model(x)
            hits += int((logits.argmax(1) == y).sum())
    model.train()
    return hits / sum(len(y) for _, y in batches)


Validate = Callable[[nn.Module, list[_show.Batch]], float]


def fit(validate: Validate, training: list[_show.Batch], held: list[_show.Batch], epochs: int = EPOCHS) -> _Fit:
    model = _show.seeded(net)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    curve = []
    for _ in range(epochs):
        for x, y in training:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        curve.append(validate(model, held))
    return model, curve


_Fit = tuple[nn.Module, list[float]]


def parts(rows: int, batch_size: int) -> tuple[list[_show.Batch], list[_show.Batch]]:
    """Training and validation batches. The digits to be validated are brighter: another distribution."""
    x, y = _show.digits(rows)
    x[rows // 2 :] = x[rows // 2 :] + 0.5
    batches = _show.windows_of((x, y), batch_size)
    return batches[: len(batches) // 2], batches[len(batches) // 2 :]


def cases() -> dict[str, Callable[[], object]]:
    training, held = parts(128, 16)
    return {loop.__name__: partial(fit, loop, training, held, 3) for loop in (wrong, right)}


def main(out: Path) -> None:
    training, held = parts(1600, 40)
    fits = {loop.__name__: fit(loop, training, held) for loop in (right, wrong)}
    model, _curve = fits["right"]
    state = {name: value.clone() for name, value in model.state_dict().items()}
    rows = []
    spread = {}
    x, y = torch.cat([x for x, _ in held]), torch.cat([y for _, y in held])
    for loop in (right, wrong):
        for size in (10, 40, 800):
            again = []
            for _ in range(4):
                model.load_state_dict(state)
                again.append(loop(model, _show.windows_of((x, y), size)))
            spread[loop.__name__, size] = max(again) - min(again)
            rows.append([loop.__name__, str(size), *(f"{a:.1%}" for a in again)])
    _show.table("the accuracy of one trained model, validated four times", ["loop", "rows a batch", *"1234"], rows)
    model.load_state_dict(state)
    running = model[1].running_mean.numpy().copy()
    wrong(model, held)
    drift = float(np.linalg.norm(model[1].running_mean.numpy() - running) / np.linalg.norm(running))
    shown = (1, 2, 5, EPOCHS)
    _show.table(
        "validation accuracy of a training",
        ["loop", *(f"epoch {e}" for e in shown)],
        [[name, *(f"{curve[e - 1]:.1%}" for e in shown)] for name, (_, curve) in fits.items()],
    )
    print(f"\n  one wrong validation has moved the running mean of the batch norm by {drift:.0%} of its length")
    assert max(spread["right", size] for size in (10, 40, 800)) == 0.0, "in evaluation mode the figure is a figure"
    assert all(spread["wrong", size] > 0 for size in (10, 40, 800)), "in training mode it is a draw"
    assert drift > 0.1, "and looking at the model has changed it"
    assert np.mean(fits["wrong"][1]) < np.mean(fits["right"][1]) - 0.02, "pessimistic"

    print("""
  The training itself is the same up to the running averages. What suffers is every decision made on the figure:
  the epoch that is kept, the hyperparameter that wins.""")
    curves = {name: curve for name, (_, curve) in fits.items()}
    _show.plot(out / "p40_eval_forgotten.png", [("validation", "epoch", "accuracy", curves)])


if __name__ == "__main__":
    _show.run(main)
