"""Pitfall P10: the generator's gradients leak into the discriminator.

    python examples/pitfalls/p10_gan_leak.py

To train a generator, its loss goes backward through the discriminator, and leaves a gradient there too. Whoever clears
each optimizer's gradients after its own step, a habit that is right with one optimizer, finds that gradient again at
the next step of the discriminator, which is then pushed to be fooled. Nothing raises, and the discriminator's loss
stays in a range one is used to from such games.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np
from sklearn.datasets import load_iris

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset

EPOCHS = 60


class Game:
    """Two networks: G makes flowers (four measurements, standardised) of noise, D tells them from iris flowers."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 4))
        self.D = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
        self.opt_g = optim.SGD(self.G.parameters(), lr=0.05)
        self.opt_d = optim.SGD(self.D.parameters(), lr=0.05)

    def d_loss(self, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        return judged(self.D(real), 1.0) + judged(self.D(fake.detach()), 0.0)

    def g_loss(self, fake: torch.Tensor) -> torch.Tensor:
        return judged(self.D(fake), 1.0)


def judged(scores: torch.Tensor, label: float) -> torch.Tensor:
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, label))


def wrong(game: Game, loader: DataLoader) -> None:
    for (real,) in loader:
        fake = game.G(torch.randn(len(real), 4))
        game.d_loss(real, fake).backward()
        game.opt_d.step()
        game.opt_d.zero_grad()
        game.g_loss(fake).backward()  # fills D's gradients too
        game.opt_g.step()
        game.opt_g.zero_grad()


def right(game: Game, loader: DataLoader) -> None:
    for (real,) in loader:
        fake = game.G(torch.randn(len(real), 4))
        game.opt_d.zero_grad()  # just before D's own backward pass
        game.d_loss(real, fake).backward()
        game.opt_d.step()
        game.opt_g.zero_grad()
        game.g_loss(fake).backward()
        game.opt_g.step()


def played(loop: _show.Loop, flowers: torch.Tensor, epochs: int, watched: bool = False) -> dict[str, list[float]]:
    """A game, epoch by epoch: D's loss, the share it tells right, and in each step what is foreign in its gradient."""
    game = Game()
    found: dict[str, list[float]] = {"d_loss": [], "told right": [], "foreign": [], "cosine": []}
    seen: list[torch.Tensor] = []
    parameters = list(game.D.parameters())

    def look(optimizer: object, args: object, kwargs: object) -> None:
        own = _show.flat(torch.autograd.grad(game.d_loss(*seen), parameters))
        used = _show.flat([p.grad for p in parameters])
        found["foreign"].append(float(np.linalg.norm(used - own) / np.linalg.norm(own)))
        found["cosine"].append(float(used @ own / np.linalg.norm(used) / np.linalg.norm(own)))

    if watched:
        game.opt_d.register_step_pre_hook(look)
        game.G.register_forward_hook(lambda module, inputs, fake: seen.append(fake.detach()))
        game.D.register_forward_pre_hook(lambda module, inputs: seen.insert(0, inputs[0]) if len(seen) == 1 else None)
        game.opt_d.register_step_post_hook(lambda *_: seen.clear())
    loader = DataLoader(TensorDataset(flowers), batch_size=30, shuffle=True)
    for _ in range(epochs):
        loop(game, loader)
        with torch.no_grad():
            fake = game.G(torch.randn(len(flowers), 4))
            right = (game.D(flowers) > 0).sum() + (game.D(fake) <= 0).sum()
            found["d_loss"].append(game.d_loss(flowers, fake).item())
            found["told right"].append(right.item() / 2 / len(flowers))
            seen.clear()
    return found


def flowers() -> torch.Tensor:
    x = load_iris().data
    return torch.tensor((x - x.mean(axis=0)) / x.std(axis=0), dtype=torch.float32)


def cases() -> dict[str, Callable[[], object]]:
    return {loop.__name__: partial(played, loop, flowers(), epochs=2) for loop in (wrong, right)}


def main(out: Path) -> None:
    games = {loop: played(loop, flowers(), EPOCHS, watched=True) for loop in (right, wrong)}
    _show.table(
        f"iris, {EPOCHS} epochs of 5 batches: what D's step uses against the gradient of D's own loss; D at the end",
        ["loop", "foreign part, mean", "cosine, mean", "steps against its aim", "loss of D", "told right"],
        [
            [
                loop.__name__,
                float(np.mean(game["foreign"])),
                float(np.mean(game["cosine"])),
                f"{np.mean(np.array(game['cosine']) < 0):.0%}",
                float(np.mean(game["d_loss"][-10:])),
                f"{np.mean(game['told right'][-10:]):.1%}",
            ]
            for loop, game in games.items()
        ],
    )
    good, bad = games[right], games[wrong]
    assert max(good["foreign"]) < 1e-5, "the right loop uses D's own gradient"
    assert bad["foreign"][0] < 1e-5 and min(bad["foreign"][1:]) > 0.1, "the wrong one does in its first step only"
    assert np.mean(bad["cosine"]) < 0.8
    assert np.mean(bad["d_loss"][-10:]) > np.mean(good["d_loss"][-10:]) + 0.05, "D is the worse for it"

    _show.plot(
        out / "p10_gan_leak.png",
        [
            (title, "epoch", name, {loop.__name__: game[key] for loop, game in games.items()})
            for title, name, key in [
                ("the discriminator's loss", "loss", "d_loss"),
                ("flowers told right", "share", "told right"),
            ]
        ],
    )


if __name__ == "__main__":
    _show.run(main)
