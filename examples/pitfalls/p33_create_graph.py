"""Pitfall P33: backward(create_graph=True) leaves a cycle.

    python examples/pitfalls/p33_create_graph.py

A penalty on the gradient needs the gradient as part of a graph. ``backward(create_graph=True)`` puts such a gradient
into ``.grad``, and then the parameter holds its ``.grad``, which holds a graph, which holds the parameter: reference
counts never reach zero, and until ``.grad`` is cleared the memory waits for the garbage collector. The penalty's own
gradient is added to it besides. ``autograd.grad`` hands the gradient over, and holds nothing.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader

STRENGTH = 0.1


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward(create_graph=True)
        penalty = STRENGTH * sum(p.grad.pow(2).sum() for p in model.parameters())
        penalty.backward()  # is added to what is there, the loss's gradient
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        gradient = torch.autograd.grad(loss, list(model.parameters()), create_graph=True)
        penalty = STRENGTH * sum(g.pow(2).sum() for g in gradient)
        (loss + penalty).backward()
        optimizer.step()


def smooth() -> nn.Module:
    """A network with second derivatives."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(96)
    fit = partial(_show.train, make=_show.sgd(0.05), epochs=2, batch_size=16, model=smooth)
    return {loop.__name__: partial(fit, loop, data) for loop in (wrong, right)}


def restarts(loop: _show.Loop, data: _show.Batch, times: int) -> None:
    """Trains a model for a few steps and drops it, several times over, as a search or a cross-validation does."""
    for _ in range(times):
        _show.train(loop, data, _show.sgd(0.1), epochs=1, batch_size=40, model=smooth)


def main(out: Path) -> None:
    warnings.simplefilter("ignore")  # backward(create_graph=True) warns, and is right
    data = _show.digits(80)
    times = (1, 2, 4, 8)
    kept: dict[str, list[float]] = {}
    found: dict[str, list[int]] = {}
    gc.collect()
    gc.freeze()  # all that is there already is of no interest
    for loop in (right, wrong):
        name = loop.__name__
        kept[name], found[name] = [], []
        restarts(loop, data, 1)  # once before, for what is made only once
        gc.collect()
        for n in times:
            gc.disable()  # as if it did not come by
            try:
                _, _, left = _show.memory(partial(restarts, loop, data, n))
                found[name].append(gc.collect())
            finally:
                gc.enable()
            kept[name].append(left * 1000)
    gc.unfreeze()
    _show.table(
        "what is left of so many trainings, when their models are gone and the garbage collector has not come",
        ["", *(f"{n} models" for n in times)],
        [
            *([f"{name}: memory, kB", *(f"{kb:.0f}" for kb in row)] for name, row in kept.items()),
            *([f"{name}: objects in cycles", *row] for name, row in found.items()),
        ],
    )
    growth = {name: (row[-1] - row[1]) / (times[-1] - times[1]) for name, row in kept.items()}
    assert growth["wrong"] > 20 > 10 * abs(growth["right"]), "kB a model"
    assert found["wrong"][-1] > 4 * found["wrong"][0] > 0 == max(found["right"])

    model = smooth()
    parameters = list(model.parameters())
    loss = F.cross_entropy(model(data[0]), data[1])
    gradient = torch.autograd.grad(loss, parameters, create_graph=True)
    wanted = _show.flat(torch.autograd.grad(sum(g.pow(2).sum() for g in gradient), parameters))
    F.cross_entropy(model(data[0]), data[1]).backward(create_graph=True)
    sum(p.grad.pow(2).sum() for p in parameters).backward()
    got = _show.flat([p.grad.detach() for p in parameters])
    error = float(np.linalg.norm(got - wanted) / np.linalg.norm(wanted))
    model.zero_grad()
    print(f"\n  the penalty's gradient, read from .grad after the two backward(): off by {error:.0%}")
    assert np.allclose(got - wanted, _show.flat([g.detach() for g in gradient]), atol=1e-5), "by the loss's gradient"
    assert error > 0.1

    print(f"""
  {growth["wrong"]:.0f} kB for each model of 2410 weights (10 kB), from its last step: zero_grad() breaks the cycle
  of every step but that. The collector finds them here, when it comes; in PyTorch the cycle passes through C++,
  which it does not see.""")
    _show.plot(
        out / "p33_create_graph.png",
        [("memory kept", "run (1, 2, 4, 8 models)", "kB", kept), ("objects in cycles", "run", "objects", found)],
    )


if __name__ == "__main__":
    _show.run(main)
