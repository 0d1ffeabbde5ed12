"""Pitfall P09: optimizer.zero_grad() does not clear what the optimizer does not own.

    python examples/pitfalls/p09_not_owned.py

Only the head is to be trained, so the optimizer was given the head. The body still requires gradients: every backward
pass adds to them, and nothing clears them. As long as nobody reads them, that is wasted work. Then somebody clips over
``model.parameters()``, and the norm is that of a heap of old gradients; or the body is unfrozen later, and its first
step applies all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show

from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset

EPOCHS = 10
UNCLIPPED = float("inf")


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, bound: float) -> list[float]:
    norms = []
    for x, y in loader:
        optimizer.zero_grad()  # clears the head
        F.cross_entropy(model(x), y).backward()
        norms.append(nn.utils.clip_grad_norm_(model.parameters(), bound).item())
        optimizer.step()
    return norms


def right(model: nn.Module, optimizer: optim.Optimizer, loader: DataLoader, bound: float) -> list[float]:
    model[0].requires_grad_(False)  # the body is not to be trained: say so
    norms = []
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        norms.append(nn.utils.clip_grad_norm_(model.parameters(), bound).item())
        optimizer.step()
    return norms


def trained(
    loop: _show.Loop, data: _show.Batch, bound: float, epochs: int
) -> tuple[nn.Module, list[float], list[float]]:
    """The model, its loss after each epoch, and the norm that clipping saw in each step."""
    model = _show.mlp()
    optimizer = optim.SGD(model[2].parameters(), lr=0.1)
    loader = DataLoader(TensorDataset(*data), batch_size=32)
    losses, norms = [], []
    for _ in range(epochs):
        norms += loop(model, optimizer, loader, bound)
        losses.append(_show.loss_on(model, data))
    return model, losses, norms


def unfrozen(model: nn.Module, data: _show.Batch) -> float:
    """The loss after one more step, of the whole model."""
    optimizer = optim.SGD(model[2].parameters(), lr=0.1)
    optimizer.zero_grad()
    model.requires_grad_()
    optimizer.add_param_group({"params": model[0].parameters()})
    F.cross_entropy(model(data[0][:32]), data[1][:32]).backward()
    optimizer.step()
    return _show.loss_on(model, data)


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(256)
    return {loop.__name__: partial(trained, loop, data, 1.0, epochs=2) for loop in (wrong, right)}


def main(out: Path) -> None:
    data = _show.digits(rows=960)
    free = {loop: trained(loop, data, UNCLIPPED, EPOCHS) for loop in (right, wrong)}
    norms = {loop: run[2] for loop, run in free.items()}
    steps = (1, 10, 30, 300)
    _show.table(
        "norm of all gradients in the model, only its head is trained (SGD 0.1, batches of 32)",
        ["step", *map(str, steps)],
        [[loop.__name__, *(of[s - 1] for s in steps)] for loop, of in norms.items()],
    )
    assert norms[wrong][-1] > 20 * norms[wrong][0] and norms[wrong][-1] > 20 * norms[right][-1], "the heap grows"
    assert free[wrong][1] == free[right][1], "and does no harm as long as nobody reads it"

    clipped = {loop: trained(loop, data, 1.0, EPOCHS) for loop in (right, wrong)}
    after = {loop: unfrozen(run[0], data) for loop, run in free.items()}
    _show.table(
        f"mean loss over all rows after {EPOCHS} epochs, and after one step more in which the body is trained too",
        ["loop", "not clipped", "clipped to 1", "one step, unfrozen"],
        [[loop.__name__, free[loop][1][-1], clipped[loop][1][-1], after[loop]] for loop in (right, wrong)],
    )
    assert abs(clipped[right][1][-1] / free[right][1][-1] - 1) < 0.01, "the head alone never comes near the bound"
    assert clipped[wrong][1][-1] > 1.1 * free[wrong][1][-1], "with the heap, every update is scaled down"
    assert after[right] < free[right][1][-1] < 0.5 * after[wrong], "applied at once, it undoes the training"

    print("""
  (Clipping scales the heap down as well, each step again, so under it the heap stays near the bound, and takes most of
  the norm that was meant for the head.)""")
    _show.plot(
        out / "p09_not_owned.png",
        [
            ("all gradients in the model", "step", "norm", {f.__name__: of for f, of in norms.items()}),
            ("clipped to norm 1", "epoch", "mean loss", {f.__name__: run[1] for f, run in clipped.items()}),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
