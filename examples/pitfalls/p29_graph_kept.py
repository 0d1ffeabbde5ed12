"""Pitfall P29: losses are added up with their graphs.

    python examples/pitfalls/p29_graph_kept.py

``total += loss`` makes a tensor that holds the graph of every batch so far. Nothing is wrong with the weights, and a
short run ends before anybody notices; a long one slows down and runs out of memory. A list of losses, or of outputs
kept for a figure, does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import _show
import numpy as np

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> Any:
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total = total + loss  # and all that it was computed from
    return total


def wrong_list(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> Any:
    losses = []
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return sum(losses)


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> float:
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()  # a number
    return total


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_list, right, epochs=1)


def main(out: Path) -> None:
    data = _show.digits(800)
    _show.memory(lambda: _show.train(right, data, _show.sgd(0.1), epochs=1, batch_size=20))  # what is made only once
    lengths = (5, 10, 20, 40)  # batches
    nodes: dict[str, list[float]] = {}
    kept: dict[str, list[float]] = {}
    weights = {}
    for loop in (right, wrong, wrong_list):
        name = loop.__name__
        nodes[name], kept[name] = [], []
        for n in lengths:
            part = data[0][: 20 * n], data[1][: 20 * n]
            run, _, left = _show.memory(
                lambda part=part, loop=loop: _show.train(loop, part, _show.sgd(0.1), epochs=1, batch_size=20)
            )
            total = run.returned[0]
            nodes[name].append(0 if isinstance(total, float) else _show.graph_size(total))
            kept[name].append(left * 1000)
        weights[name] = run.weights
    _show.table(
        "what is kept at the end of an epoch of so many batches",
        ["", *(f"{n} batches" for n in lengths)],
        [
            *([f"{name}: nodes of the graph", *row] for name, row in nodes.items()),
            *([f"{name}: memory, kB", *(f"{kb:.0f}" for kb in row)] for name, row in kept.items()),
        ],
    )
    growth = {name: (row[-1] - row[0]) / (lengths[-1] - lengths[0]) for name, row in kept.items()}  # a batch
    for name in ("wrong", "wrong_list"):
        steps = np.diff(nodes[name]) / np.diff(lengths)
        assert steps.min() == steps.max() >= 4, "a graph more with every batch"
        assert growth[name] > 2 * abs(growth["right"]), "and so the memory"
        assert np.array_equal(weights[name], weights["right"]), "the weights are none the worse"
    assert max(nodes["right"]) == 0

    print(f"""
  {growth["wrong"]:.1f} kB a batch is little, and only because backward() has freed the saved values; the graph
  itself stays. Over a million batches it is {growth["wrong"]:.0f} GB, of a model with 2410 weights.""")
    more = {name: np.subtract(row, kept["right"]) for name, row in kept.items()}
    _show.plot(
        out / "p29_graph_kept.png",
        [
            ("nodes kept", "run (5, 10, 20, 40 batches)", "nodes", nodes),
            ("memory kept", "run (5, 10, 20, 40 batches)", "kB more than right", more),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
