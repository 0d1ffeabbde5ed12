"""Pitfall P31: retain_graph=True for no reason.

    python examples/pitfalls/p31_retain_graph.py

It is put in once to silence an error, and stays. The values that a graph has saved are then not freed by
``backward()`` but when the loss goes away: in a loop that is after the next forward, which has built a second graph by
then. The result is the same to the last bit; the peak of the memory is not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

WIDTHS = (16, 32, 64, 128)


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward(retain_graph=True)
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def deep(width: int) -> nn.Module:
    """Eight layers: most of the memory of a step is what its graph has saved."""
    layers = [layer for _ in range(7) for layer in (nn.Linear(width, width), nn.Tanh())]
    return nn.Sequential(nn.Linear(64, width), nn.Tanh(), *layers, nn.Linear(width, 10))


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, right)


def main(out: Path) -> None:
    data = _show.digits(1600)
    peaks: dict[str, list[float]] = {"right": [], "wrong": []}
    for width in WIDTHS:
        weights = []
        for loop in (right, wrong):
            model = _show.seeded(partial(deep, width))
            fit = partial(_show.train, loop, data, _show.sgd(0.05), epochs=1, batch_size=800, model=lambda m=model: m)
            run, peak, _ = _show.memory(fit)
            peaks[loop.__name__].append(peak)
            weights.append(run.weights)
        assert np.array_equal(*weights), "the same weights, to the last bit"
    _show.table(
        "the most memory that two steps took, MB (batches of 800 rows, nine layers)",
        ["width", *map(str, WIDTHS)],
        [
            *([name, *(f"{peak:.1f}" for peak in row)] for name, row in peaks.items()),
            ["wrong / right", *(f"{b / a:.2f}" for a, b in zip(*peaks.values()))],
        ],
    )
    assert all(b > 1.1 * a for a, b in zip(*peaks.values())), "two graphs at once"

    print("""
  Nothing else shows. Where an error asks for retain_graph=True, one of two things is meant: add the losses and
  call backward() once, or cut a history with detach() (P30).""")
    _show.plot(out / "p31_retain_graph.png", [("peak of memory", "width (16, 32, 64, 128)", "MB", peaks)])


if __name__ == "__main__":
    _show.run(main)
