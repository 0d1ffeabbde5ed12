"""A variational autoencoder of handwritten digits (Kingma and Welling, 2014): digits from two numbers.

    python examples/vae_digits.py

Pixels are taken as probabilities of white. The bound on the log-likelihood of held-out digits is compared with that of
the best model that knows no dependence between pixels. Saved are digits and what became of them, digits drawn from the
prior, and a walk over the plane of the two numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from _example import Amount, Count, Settings, figure, run, save, save_grid
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import tqdm

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset


class Vae(Settings):
    latent: Count
    hidden: Count
    batch_size: Count
    epochs: Count
    lr: Amount
    nats: Amount  # what the bound must be better by than the model of independent pixels
    near: Amount  # samples are as near to real digits as held-out ones are, times this


class VAE(nn.Module):
    def __init__(self, pixels: int, hidden: int, latent: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(pixels, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, 2 * latent)
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, pixels)
        )

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits of the pixels, and mean and log-variance of the numbers they came from."""
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_var)  # a draw that can be differentiated
        return self.decoder(z), mean, log_var


def bound(model: VAE, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The negative of the evidence lower bound in nats a digit: reconstruction and distance from the prior."""
    logits, mean, log_var = model(x)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    divergence = -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum()
    return reconstruction / len(x), divergence / len(x)


def nearest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The distance of each row of a to the nearest row of b."""
    return np.sqrt(np.maximum((a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1), 0).min(axis=1))


def main(s: Vae, out: Path) -> list[float]:
    torch.manual_seed(s.seed)
    pixels, labels = load_digits(return_X_y=True)
    parts = train_test_split(pixels / 16, labels, test_size=0.2, stratify=labels, random_state=s.seed)
    train, test = (torch.tensor(part, dtype=torch.float32) for part in parts[:2])
    frequency = train.mean(dim=0).clamp(1e-3, 1 - 1e-3)
    independent = F.binary_cross_entropy(frequency.expand(test.shape), test, reduction="sum").item() / len(test)

    model = VAE(64, s.hidden, s.latent)
    optimizer = optim.Adam(model.parameters(), lr=s.lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=s.epochs)
    loader = DataLoader(TensorDataset(train), batch_size=s.batch_size, shuffle=True)
    losses = []
    for epoch in (bar := tqdm(range(1, s.epochs + 1), unit="epoch", disable=None)):
        total = 0.0
        for (x,) in loader:
            optimizer.zero_grad()
            reconstruction, divergence = bound(model, x)
            loss = reconstruction + divergence
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        schedule.step()
        losses.append(total / len(train))
        if epoch % max(1, s.epochs // 10) == 0:
            bar.write(f"epoch {epoch:3d}  {losses[-1]:.3f} nats a digit, {divergence.item():.3f} of them divergence")

    model.eval()
    with torch.no_grad():
        held_out = sum(sum(part.item() for part in bound(model, test)) for _ in range(10)) / 10
        means = model.encoder(test)[:, : s.latent]
        again = torch.sigmoid(model.decoder(means))
        drawn = torch.sigmoid(model.decoder(torch.randn(500, s.latent)))
        steps = torch.linspace(-2, 2, 15)
        walk = torch.zeros(225, s.latent)
        walk[:, 0], walk[:, 1] = steps.repeat(15), steps.flip(0).repeat_interleave(15)
        plane = torch.sigmoid(model.decoder(walk))
    print(f"held out: {held_out:.3f} nats a digit; pixels without dependence: {independent:.3f}")
    real = nearest(test.numpy(), train.numpy()).mean()
    near = nearest(drawn.numpy(), train.numpy()).mean()
    noise = nearest(torch.bernoulli(frequency.expand(500, 64)).numpy(), train.numpy()).mean()
    print(f"mean distance to the nearest digit learnt from: samples {near:.2f}, held-out {real:.2f}, noise {noise:.2f}")

    shown = torch.stack([test[:50].reshape(5, 10, 64), again[:50].reshape(5, 10, 64)], dim=1)
    save_grid(shown.reshape(100, 8, 8).numpy(), out / "vae_reconstructions.png")
    save_grid(drawn[:100].reshape(100, 8, 8).numpy(), out / "vae_samples.png")
    save_grid(plane.reshape(225, 8, 8).numpy(), out / "vae_plane.png", columns=15)
    picture, (axes,) = figure()
    points = axes.scatter(*means[:, :2].numpy().T, c=parts[3], cmap="tab10", s=12)
    picture.colorbar(points, ticks=range(10))
    axes.set(title="held-out digits, by the means of their first two numbers")
    save(picture, out / "vae_latent.png")
    assert held_out <= independent - s.nats, f"{held_out:.3f} nats are not {s.nats} below {independent:.3f}"
    assert near <= s.near * real, f"samples are {near:.2f} from digits, held-out digits {real:.2f}"
    return losses


if __name__ == "__main__":
    run(main, Vae)
