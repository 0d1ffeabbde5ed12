"""Pitfall P30: "backward through the graph a second time": a state is carried over with its history.

    python examples/pitfalls/p30_state_carried_over.py

A recurrent network is trained on a long series chunk by chunk, and starts each chunk from the last state of the one
before. That state remembers how it was made, so the next backward reaches into a graph that is gone. The error
proposes ``retain_graph=True``, which is the wrong way out: the graph then grows with every chunk, and after an
optimizer step it cannot be right any more, since the weights it was computed with have changed.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show

import minitorch as torch
from minitorch import nn, optim

CHUNK = 10
EPOCHS = 6


Sizes = list[int] | None


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.head = nn.RNN(1, 12), nn.Linear(12, 1)

    def forward(self, x: torch.Tensor, h: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        states, h = self.rnn(x, h)
        return self.head(states), h


def wrong(model: Model, optimizer: optim.Optimizer, series: torch.Tensor) -> float:
    total, h = 0.0, torch.zeros(1, 1, 12)
    for x, y in chunks(series):
        out, h = model(x, h)  # from the second chunk on, h has a history that was freed
        loss = nn.functional.mse_loss(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total


def wrong_retained(model: Model, optimizer: optim.Optimizer, series: torch.Tensor, sizes: Sizes = None) -> None:
    h = torch.zeros(1, 1, 12)
    for x, y in chunks(series):
        out, h = model(x, h)
        loss = nn.functional.mse_loss(out, y)
        loss.backward(retain_graph=True)  # as the error message says
        noted(sizes, loss)
    optimizer.step()
    optimizer.zero_grad()


def right(model: Model, optimizer: optim.Optimizer, series: torch.Tensor, sizes: Sizes = None) -> float:
    total, h = 0.0, torch.zeros(1, 1, 12)
    for x, y in chunks(series):
        h = h.detach()  # the value goes on, its history ends here
        out, h = model(x, h)
        loss = nn.functional.mse_loss(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        noted(sizes, loss)
    return total


def noted(sizes: Sizes, loss: torch.Tensor) -> None:
    """Notes how many nodes a loss reaches back through."""
    if sizes is not None:
        sizes.append(_show.graph_size(loss))


def chunks(series: torch.Tensor) -> list[_show.Batch]:
    """Pieces of the series, each with the value that comes next as its target."""
    x, y = series[:-1].reshape(-1, 1, 1), series[1:].reshape(-1, 1, 1)
    return [(x[i : i + CHUNK], y[i : i + CHUNK]) for i in range(0, len(x), CHUNK)]


def made() -> tuple[Model, optim.Optimizer]:
    torch.manual_seed(0)
    model = Model()
    return model, optim.Adam(model.parameters(), lr=0.02)


def wave(steps: int) -> torch.Tensor:
    """Two waves, one slow."""
    t = torch.arange(0, steps + 1).float()
    return 0.6 * torch.sin(0.5 * t) + 0.4 * torch.sin(0.083 * t)


def cases() -> dict[str, Callable[[], object]]:
    def stopped() -> None:
        with contextlib.suppress(RuntimeError):
            wrong(*made(), wave(40))

    return {"wrong": stopped, "right": partial(right, *made(), wave(60))}


def main(out: Path) -> None:
    series = wave(200)
    try:
        wrong(*made(), series)
        raise AssertionError("the second chunk should have failed")
    except RuntimeError as error:
        message = str(error)
    print("\nwrong: at the second chunk\n  RuntimeError: " + message.split(".")[0])
    assert "a second time" in message

    sizes: list[int] = []
    wrong_retained(*made(), series, sizes)
    detached: list[int] = []
    model, optimizer = made()
    losses = [right(model, optimizer, series, detached) / len(chunks(series)) for _ in range(EPOCHS)]

    stale = ""
    try:
        model, optimizer = made()
        states, h = model(chunks(series)[0][0], torch.zeros(1, 1, 12))
        for x, y in chunks(series)[1:3]:
            loss = nn.functional.mse_loss(states, y)
            loss.backward(retain_graph=True)
            optimizer.step()
            states, h = model(x, h)
    except RuntimeError as error:
        stale = str(error)
    print("wrong_retained, with a step after every chunk\n  RuntimeError: " + stale.split(":")[0])
    assert "modified by an inplace operation" in stale

    shown = (0, 1, 4, 9, 19)
    _show.table(
        "nodes that the backward pass of a chunk goes through",
        ["chunk", *(str(i + 1) for i in shown)],
        [["right", *(detached[i] for i in shown)], ["wrong_retained", *(sizes[i] for i in shown)]],
    )
    _show.table("right: mean loss", ["epoch", *map(str, range(1, EPOCHS + 1))], [["", *losses]])
    assert max(detached) == min(detached), "cut, each chunk costs the same"
    assert all(a < b for a, b in itertools.pairwise(sizes)), "retained, each costs more than the one before"
    assert losses[-1] < 0.2 * losses[0]

    print("""
  Without a step in between retain_graph=True runs, and its cost grows with the square of the length. What
  truncated backpropagation means is the cut.""")
    _show.plot(
        out / "p30_state_carried_over.png",
        [
            ("cost of a chunk", "chunk", "nodes", {"right": detached[: len(sizes)], "wrong_retained": sizes}),
            ("right", "epoch", "mean loss", {"right": losses}),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
