"""Pitfall P38: one more hook in every iteration.

    python examples/pitfalls/p38_hooks_pile_up.py

A hook stays until it is removed. Registered inside the loop, to halve the gradient of one layer, say, the n-th step
has n of them, and they run one after another: the gradient is divided by 2 to the n. After twenty steps the layer is
as good as frozen, and the rest learns on.
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
from minitorch.utils.data import DataLoader

EPOCHS = 6


def halved(gradient: torch.Tensor) -> torch.Tensor:
    return gradient * 0.5


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        model[0].weight.register_hook(halved)  # one more
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    handle = model[0].weight.register_hook(halved)  # one for the epoch
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    handle.remove()


class Lengths:
    """The length of the first layer's gradient at each step, and the true one's."""

    def __init__(self, model: nn.Module, optimizer: optim.Optimizer, batches: list[_show.Batch]) -> None:
        self.model, self.batches = model, batches
        self.ratios: list[float] = []
        optimizer.register_step_pre_hook(self.look)

    def look(self, *_: object) -> None:
        x, y = self.batches[len(self.ratios) % len(self.batches)]
        copy = _show.mlp()
        copy.load_state_dict(self.model.state_dict())
        F.cross_entropy(copy(x), y).backward()
        true, used = (m[0].weight.grad.norm().item() for m in (copy, self.model))
        self.ratios.append(used / true)


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, right)


def main(out: Path) -> None:
    data = _show.digits(640)
    batches = _show.windows_of(data, 32)
    ratios, curves, rows = {}, {}, []
    for loop in (right, wrong):
        name = loop.__name__
        model = _show.mlp()
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        lengths = Lengths(model, optimizer, batches)
        loop(model, optimizer, batches)
        ratios[name] = lengths.ratios
        first = partial(_show.train, loop, data, _show.sgd(0.1))
        early, late = first(epochs=1), first(epochs=EPOCHS)
        moved = [
            float(np.abs((r.model[0].weight - _show.mlp()[0].weight).detach().numpy()).max()) for r in (early, late)
        ]
        curves[name] = late.losses
        rows.append([name, *moved, late.loss, f"{_show.accuracy(late.model, data):.1%}"])
    shown = (1, 2, 3, 5, 10, 20)
    _show.table(
        "the first layer's gradient as the step uses it / the true one (half is meant)",
        ["loop", *(f"step {n}" for n in shown)],
        [[name, *(row[n - 1] for n in shown)] for name, row in ratios.items()],
    )
    _show.table(
        "what the first layer has moved by", ["loop", "after 1 epoch", f"after {EPOCHS}", "loss", "accuracy"], rows
    )
    assert np.allclose(ratios["right"], 0.5, rtol=1e-4)
    assert np.allclose(ratios["wrong"], 0.5 ** np.arange(1, 21), rtol=1e-3), "halved once more at every step"
    assert rows[1][2] < 1.01 * rows[1][1], "after the first epoch it does not move any more"
    assert curves["wrong"][-1] > 1.2 * curves["right"][-1]

    print("""
  A hook that only logs is as easily forgotten: it changes nothing, writes every line n times, and makes each step
  slower than the one before.""")
    _show.plot(
        out / "p38_hooks_pile_up.png",
        [("the first layer's gradient", "step", "used / true", ratios), ("digits", "epoch", "mean loss", curves)],
    )


if __name__ == "__main__":
    _show.run(main)
