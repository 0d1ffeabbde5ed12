"""Pitfall P39: an evaluation that records a graph.

    python examples/pitfalls/p39_eval_with_graph.py

``eval()`` switches dropout and batch statistics, and nothing else: outside ``no_grad()`` every forward still saves
what a backward would need. If the outputs are dropped that is waste, if they are kept (to compute a metric over all of
them) each holds its graph, and the whole validation set's activations are in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F

ROWS = 200  # of a batch


def wrong(model: nn.Module, batches: list[_show.Batch]) -> float:
    model.eval()
    right_ones = [(model(x).argmax(1) == y).sum().item() for x, y in batches]  # a graph each, dropped at once
    model.train()
    return sum(right_ones) / sum(len(y) for _, y in batches)


def wrong_kept(model: nn.Module, batches: list[_show.Batch]) -> float:
    model.eval()
    outputs = []
    for x, _ in batches:
        outputs.append(model(x))  # with all that it was computed from
    model.train()
    return accuracy(outputs, batches)


def right(model: nn.Module, batches: list[_show.Batch]) -> float:
    model.eval()
    outputs = []
    with torch.no_grad():
        for x, _ in batches:
            outputs.append(model(x))
    model.train()
    return accuracy(outputs, batches)


def accuracy(outputs: list[torch.Tensor], batches: list[_show.Batch]) -> float:
    labels = torch.cat([y for _, y in batches])
    return float((torch.cat(outputs).argmax(1) == labels).float().mean().item())


def deep() -> nn.Module:
    hidden = [layer for _ in range(6) for layer in (nn.Linear(128, 128), nn.Tanh())]
    return nn.Sequential(nn.Linear(64, 128), nn.Tanh(), *hidden, nn.Linear(128, 10))


def cases() -> dict[str, Callable[[], object]]:
    batches = _show.windows_of(_show.digits(160), 16)

    def trained(validate: Callable[..., float]) -> None:
        model = _show.mlp()
        optimizer = optim.SGD(model.parameters(), lr=0.05)
        for x, y in batches[:3]:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        validate(model, batches)

    return {loop.__name__: partial(trained, loop) for loop in (wrong, wrong_kept, right)}


def main(out: Path) -> None:
    data = _show.digits(1600)
    model = _show.seeded(deep)
    sizes = (1, 2, 4, 8)  # batches
    peaks: dict[str, list[float]] = {}
    figures = {}
    for loop in (right, wrong, wrong_kept):
        name = loop.__name__
        peaks[name] = []
        for n in sizes:
            batches = _show.windows_of((data[0][: ROWS * n], data[1][: ROWS * n]), ROWS)
            figures[name, n], peak, _ = _show.memory(partial(loop, model, batches))
            peaks[name].append(peak)
    _show.table(
        f"the most memory of an evaluation of so many batches of {ROWS}, MB (eight layers)",
        ["loop", *map(str, sizes)],
        [[name, *(f"{peak:.2f}" for peak in row)] for name, row in peaks.items()],
    )
    for n in sizes:
        assert max(figures[name, n] for name in peaks) - min(figures[name, n] for name in peaks) < 1e-6, (
            "the same figure"
        )
    assert peaks["wrong"][-1] > 1.5 * peaks["right"][-1], "a whole graph at a time"
    assert peaks["wrong_kept"][-1] > 6 * peaks["wrong_kept"][0], "or all of them at once"

    alone = ROWS * 10 * 4 / 1e6  # MB
    each = (peaks["wrong_kept"][-1] - peaks["wrong_kept"][0]) / (sizes[-1] - sizes[0])
    print(f"""
  The figure is right in all three. Kept outputs cost {each:.1f} MB a batch, of which the outputs themselves are
  {alone:.3f}.""")
    _show.plot(out / "p39_eval_with_graph.png", [("peak of memory", "run (1, 2, 4, 8 batches)", "MB", peaks)])


if __name__ == "__main__":
    _show.run(main)
