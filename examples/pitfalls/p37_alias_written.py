"""Pitfall P37: a value that backward needs is changed through .data or a NumPy array.

    python examples/pitfalls/p37_alias_written.py

``torch.from_numpy`` shares memory with the array. A loader that reads the next batch into the same buffer while the
step is still on its way changes the input under the graph: the gradient of the first layer is that of these outputs
with those pixels. In-place operations are counted and raise; writes through NumPy or ``.data`` are not.
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

EPOCHS = 8


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    batches = list(loader)
    buffer = batches[0][0].numpy().copy()
    x = torch.from_numpy(buffer)
    for i, (_, y) in enumerate(batches):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        buffer[:] = batches[(i + 1) % len(batches)][0].numpy()  # reads ahead, into the same memory
        loss.backward()
        optimizer.step()


def wrong_data(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        for p in model.parameters():
            p.data.clamp_(-0.05, 0.05)  # "between steps"; but the backward is still to come
        loss.backward()
        optimizer.step()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader) -> None:
    batches = list(loader)
    buffer = batches[0][0].numpy().copy()
    x = torch.from_numpy(buffer)
    for i, (_, y) in enumerate(batches):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        buffer[:] = batches[(i + 1) % len(batches)][0].numpy()  # nobody needs the old ones any more


def cases() -> dict[str, Callable[[], object]]:
    return _show.cases(wrong, wrong_data, right, epochs=1)


def y_of_x() -> None:
    """The smallest example: the derivative of x * x at 1."""
    rows = []
    for how in ("untouched", "x.data.mul_(100)", "x.mul_(100), under no_grad"):
        x = torch.tensor([1.0], requires_grad=True)
        y = x * x
        try:
            if how.startswith("x.data"):
                x.data.mul_(100)
            elif how.startswith("x.mul"):
                with torch.no_grad():
                    x.mul_(100)
            y.backward()
            rows.append([how, x.grad.item()])
        except RuntimeError as error:
            rows.append([how, type(error).__name__])
    _show.table("y = x * x at x = 1, then a write, then y.backward()", ["write", "x.grad"], rows)
    assert [row[1] for row in rows] == [2.0, 200.0, "RuntimeError"], "the second is wrong, and without a word"


def main(out: Path) -> None:
    y_of_x()
    data = _show.digits(640)
    batches = _show.windows_of(data, 32)
    errors, curves, rows = {}, {}, []
    for loop in (right, wrong, wrong_data):
        name = loop.__name__
        fit = partial(_show.train, loop, data, _show.sgd(0.1), batch_size=32)
        errors[name] = fit(epochs=1, watch=batches).watch.errors
        row = [name, min(errors[name]), max(errors[name])]
        if loop is wrong_data:  # clamping would change the loss in any case
            rows.append([*row, "", "", ""])
            continue
        run = fit(epochs=EPOCHS)
        curves[name] = run.losses
        rows.append([*row, run.losses[0], run.loss, f"{_show.accuracy(run.model, data):.1%}"])
    _show.table(
        "the gradient used against that of its batch, and the mean loss",
        ["loop", "smallest error", "largest error", "loss, epoch 1", f"epoch {EPOCHS}", "accuracy"],
        rows,
    )
    assert max(errors["right"]) < 1e-5 and min(errors["wrong"]) > 0.3
    assert max(errors["wrong_data"]) > 0.1
    assert curves["wrong"][-1] < 0.7 * curves["wrong"][0], "it learns all the same"
    assert curves["wrong"][-1] > 1.2 * curves["right"][-1], "only less"
    assert np.isfinite(curves["wrong"]).all()

    print("""
  It learns: the gradients of the second layer are right, and those of the first belong to other digits. Compared with
  nothing, the wrong curve is a fine curve.""")
    _show.plot(
        out / "p37_alias_written.png",
        [
            ("digits", "epoch", "mean loss", curves),
            ("gradient of a step", "step", "|used - full| / |full|", {k: errors[k] for k in curves}),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
