"""Pitfall P36: a step between a forward and its backward.

    python examples/pitfalls/p36_changed_before_backward.py

Both losses of a GAN are computed first, then the discriminator is updated, then the generator's backward runs through
a discriminator that is no longer the one of its forward. The derivative would mix two networks; version counters turn
that into an error. It names a version number, not the line that made the change.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np
from sklearn.datasets import load_iris

import minitorch as torch
from minitorch import nn, optim

STEPS = 150
bce = nn.functional.binary_cross_entropy_with_logits


class Gan:
    """A generator and a discriminator of points in the plane: petals of the iris data."""

    def __init__(self, rate: float = 0.01) -> None:
        torch.manual_seed(0)
        self.G = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
        self.D = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
        self.opt_g = optim.Adam(self.G.parameters(), lr=rate)
        self.opt_d = optim.Adam(self.D.parameters(), lr=rate)
        petals = load_iris().data[:, 2:]
        self.real = torch.tensor((petals - petals.mean(0)) / petals.std(0), dtype=torch.float32)
        self.ones, self.zeros = torch.ones(len(petals), 1), torch.zeros(len(petals), 1)

    def fakes(self) -> torch.Tensor:
        return self.G(torch.randn(len(self.real), 2))


def wrong(gan: Gan, steps: int = STEPS) -> list[float]:
    losses = []
    for _ in range(steps):
        fake = gan.fakes()
        d_loss = bce(gan.D(gan.real), gan.ones) + bce(gan.D(fake.detach()), gan.zeros)
        g_loss = bce(gan.D(fake), gan.ones)  # goes through D as it is now
        gan.opt_d.zero_grad()
        d_loss.backward()
        gan.opt_d.step()  # and now it is another
        gan.opt_g.zero_grad()
        g_loss.backward()
        gan.opt_g.step()
        losses.append(g_loss.item())
    return losses


def right(gan: Gan, steps: int = STEPS) -> list[float]:
    losses = []
    for _ in range(steps):
        fake = gan.fakes()
        d_loss = bce(gan.D(gan.real), gan.ones) + bce(gan.D(fake.detach()), gan.zeros)
        gan.opt_d.zero_grad()
        d_loss.backward()
        gan.opt_d.step()
        g_loss = bce(gan.D(fake), gan.ones)  # a forward of its own, through the new D
        gan.opt_g.zero_grad()
        g_loss.backward()
        gan.opt_g.step()
        losses.append(g_loss.item())
    return losses


def mixed(gan: Gan, rate: float) -> tuple[float, float]:
    """How far the generator's gradient would be off, if nobody counted versions, and if D had moved by a step.

    The change is made through ``.data``, which is not counted (that is pitfall P37).
    """
    fake = gan.fakes()
    parameters = list(gan.G.parameters())
    through = partial(torch.autograd.grad, inputs=parameters, retain_graph=True)
    loss = bce(gan.D(fake), gan.ones)
    direction = torch.autograd.grad(
        bce(gan.D(gan.real), gan.ones) + bce(gan.D(fake.detach()), gan.zeros), list(gan.D.parameters())
    )
    before = _show.flat(through(loss))
    for p, g in zip(gan.D.parameters(), direction):
        p.data -= rate * g
    both = _show.flat(through(loss))
    after = _show.flat(through(bce(gan.D(fake), gan.ones)))
    off = [float(np.linalg.norm(both - true) / np.linalg.norm(true)) for true in (before, after)]
    return off[0], off[1]


def cases() -> dict[str, Callable[[], object]]:
    def stopped() -> None:
        with contextlib.suppress(RuntimeError):
            wrong(Gan(), 2)

    return {"wrong": stopped, "right": lambda: right(Gan(), 6)}


def main(out: Path) -> None:
    try:
        wrong(Gan())
        raise AssertionError("the first step should have failed")
    except RuntimeError as error:
        message = str(error)
    print(f"\nwrong, in the first step\n  RuntimeError: {message[:96]}\n    {message[96:200]} ...")
    assert "modified by an inplace operation" in message

    rates = (0.01, 0.1, 1.0)
    off = [mixed(Gan(), rate) for rate in rates]
    rows = [[str(rate), *(f"{share:.2%}" for share in pair)] for rate, pair in zip(rates, off)]
    _show.table(
        "the gradient of G that would have come out, against the true one (D moved by a step of SGD)",
        ["step size", "off that of the old D", "of the new D"],
        rows,
    )
    assert 0 < min(off[0]) < min(off[-1]), "it is the gradient of neither"

    losses = right(Gan())
    shown = (1, 10, 50, STEPS)
    _show.table("right: the loss of G", ["step", *map(str, shown)], [["", *(losses[s - 1] for s in shown)]])
    assert len(losses) == STEPS and np.isfinite(losses).all()

    print("""
  Before PyTorch 1.5 an optimizer's step was not counted, and such loops ran, with a gradient that is that of
  neither network. The way out is never to copy or retain: step after all backward passes, or compute the second
  loss after the first step.""")
    curves = {name: [pair[k] for pair in off] for k, name in enumerate(("against the old D's", "against the new D's"))}
    _show.plot(
        out / "p36_changed_before_backward.png",
        [
            ("the gradient that would have come out", "step size (0.01, 0.1, 1)", "error", curves),
            ("right", "step", "loss of G", {"right": losses}),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
