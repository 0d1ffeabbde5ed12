"""A generative adversarial network (Goodfellow et al., 2014) that draws handwritten digits.

    python examples/gan_digits.py

Two networks play: one draws digits out of noise, the other tells them from real ones. What a GAN has learnt cannot be
seen in its losses. So a classifier that was trained on real digits is asked which digits were drawn and how sure it is,
and the drawn ones are compared with held-out digits: both should be as far from the nearest digit learnt from.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from _example import Amount, Count, Settings, figure, run, save, save_grid
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestNeighbors
from tqdm import tqdm

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset


class Gan(Settings):
    noise: Count
    hidden: Count
    dropout: Amount  # of the discriminator: 1437 digits are soon known by heart
    batch_size: Count
    epochs: Count
    lr_generator: Amount
    lr_discriminator: Amount
    averaged: Amount  # share that the generator's running average keeps at each step
    rarest: Amount  # share of the drawn digits that the rarest digit must have
    sure: Amount  # mean probability that the classifier gives to its answer
    near: Amount  # drawn digits are as near to real ones as held-out ones are, times this


def generator(noise: int, hidden: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(noise, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, 64),
        nn.Tanh(),
    )


def discriminator(hidden: int, dropout: float) -> nn.Module:
    return nn.Sequential(
        nn.Linear(64, hidden),
        nn.LeakyReLU(0.2),
        nn.Dropout(dropout),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.2),
        nn.Dropout(dropout),
        nn.Linear(hidden, 1),
    )


def judge(
    drawn: np.ndarray, train: np.ndarray, labels: np.ndarray, test: np.ndarray
) -> tuple[np.ndarray, float, float]:
    """Shares of the ten digits, how sure the classifier is, distance to real digits over that of held-out ones."""
    classifier = LogisticRegression(C=0.1, max_iter=1000).fit(train, labels)
    probabilities = classifier.predict_proba(drawn)
    shares = np.bincount(probabilities.argmax(axis=1), minlength=10) / len(drawn)
    known = NearestNeighbors(n_neighbors=1).fit(train)
    distances = [known.kneighbors(images)[0].mean() for images in (drawn, test)]
    return shares, probabilities.max(axis=1).mean(), distances[0] / distances[1]


def main(s: Gan, out: Path) -> list[float]:
    torch.manual_seed(s.seed)
    pixels, labels = load_digits(return_X_y=True)
    train, test, train_labels, _ = train_test_split(
        pixels / 8 - 1, labels, test_size=0.2, stratify=labels, random_state=s.seed
    )
    data = TensorDataset(torch.tensor(train, dtype=torch.float32))
    loader = DataLoader(data, batch_size=s.batch_size, shuffle=True, drop_last=True)

    G, D = generator(s.noise, s.hidden), discriminator(s.hidden, s.dropout)
    average = optim.swa_utils.AveragedModel(
        G, multi_avg_fn=optim.swa_utils.get_ema_multi_avg_fn(s.averaged), use_buffers=True
    )
    optimizer_G = optim.Adam(G.parameters(), lr=s.lr_generator, betas=(0.5, 0.999))
    optimizer_D = optim.Adam(D.parameters(), lr=s.lr_discriminator, betas=(0.5, 0.999))
    real_label, drawn_label = torch.ones(s.batch_size, 1), torch.zeros(s.batch_size, 1)
    losses = []  # of the discriminator and of the generator
    for epoch in (bar := tqdm(range(1, s.epochs + 1), unit="epoch", disable=None)):
        for (real,) in loader:
            drawn = G(torch.randn(s.batch_size, s.noise))

            optimizer_D.zero_grad()
            loss_D = F.binary_cross_entropy_with_logits(D(real), real_label * 0.9)  # not too sure of itself
            loss_D = loss_D + F.binary_cross_entropy_with_logits(D(drawn.detach()), drawn_label)
            loss_D.backward()
            optimizer_D.step()

            optimizer_G.zero_grad()
            loss_G = F.binary_cross_entropy_with_logits(D(drawn), real_label)
            loss_G.backward()
            optimizer_G.step()
            average.update_parameters(G)
            losses.append((loss_D.item(), loss_G.item()))
        if epoch % max(1, s.epochs // 10) == 0:
            d, g = np.mean(losses[-len(loader) :], axis=0)
            bar.write(f"epoch {epoch:3d}  discriminator {d:.3f}  generator {g:.3f}")

    average.eval()
    with torch.no_grad():
        drawn = average(torch.randn(1000, s.noise)).numpy()
    shares, sure, distance = judge(drawn, train, train_labels, test)
    print("drawn, as a classifier reads them: " + "  ".join(f"{n}: {share:.1%}" for n, share in enumerate(shares)))
    print(f"it is {sure:.1%} sure; the distance to the nearest real digit is {distance:.2f} times a held-out one's")
    save_grid((drawn[:100].reshape(-1, 8, 8) + 1) / 2, out / "gan_digits.png")
    picture, (axes,) = figure()
    for name, values in zip(("discriminator", "generator"), np.transpose(losses)):
        axes.plot(values, label=name, linewidth=0.5)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    save(picture, out / "gan_losses.png")
    assert shares.min() >= s.rarest, (
        f"the rarest digit is {shares.min():.1%} of what is drawn, less than {s.rarest:.1%}"
    )
    assert sure >= s.sure, f"the classifier is only {sure:.1%} sure of what is drawn, less than {s.sure:.1%}"
    assert distance <= s.near, f"what is drawn is {distance:.2f} times as far from digits as digits are"
    return [d for d, _ in losses]


if __name__ == "__main__":
    run(main, Gan)
