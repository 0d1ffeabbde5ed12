"""A Wasserstein GAN with gradient penalty (Gulrajani et al., 2017): a derivative in the loss.

    python examples/wgan_gp.py

The critic must have slope 1 between what is real and what is drawn. The penalty on that slope is made of a gradient,
``autograd.grad(..., create_graph=True)``, and to train the critic it is differentiated once more: second derivatives.
The data are eight heaps on a circle; a GAN without the penalty likes to forget some of them.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from _example import Amount, Count, Settings, figure, run, save
from tqdm import tqdm

import minitorch as torch
from minitorch import nn, optim


class Wgan(Settings):
    heaps: Count
    deviation: Amount  # of a heap; the circle has radius 1
    noise: Count
    hidden: Count
    batch_size: Count
    steps: Count  # of the generator
    critic_steps: Count  # of the critic for each of them
    penalty: Amount
    lr: Amount
    on_heap: Amount  # share of the drawn points that must lie within four deviations of a heap
    rarest: Amount  # share of them at the heap with the fewest, times the number of heaps
    slope: Amount  # how far from 1 the critic's slope may be in the mean


def network(inputs: int, hidden: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.LeakyReLU(0.01),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.01),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.01),
        nn.Linear(hidden, outputs),
    )


def centres(s: Wgan) -> torch.Tensor:
    angles = torch.arange(s.heaps) * (2 * math.pi / s.heaps)
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def slopes(critic: nn.Module, real: torch.Tensor, drawn: torch.Tensor) -> torch.Tensor:
    """The length of the critic's gradient at points between the real and the drawn; it can be differentiated itself."""
    share = torch.rand(len(real), 1)
    between = (share * real + (1 - share) * drawn).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return gradient.norm(dim=1)


def main(s: Wgan, out: Path) -> list[float]:
    torch.manual_seed(s.seed)
    middle = centres(s)

    def real_points(number: int) -> torch.Tensor:
        return middle[torch.randint(0, s.heaps, (number,))] + s.deviation * torch.randn(number, 2)

    generator, critic = network(s.noise, s.hidden, 2), network(2, s.hidden, 1)
    optimizer_G = optim.Adam(generator.parameters(), lr=s.lr, betas=(0.5, 0.9))
    optimizer_C = optim.Adam(critic.parameters(), lr=s.lr, betas=(0.5, 0.9))
    schedules = [optim.lr_scheduler.LinearLR(o, 1.0, 0.01, total_iters=s.steps) for o in (optimizer_G, optimizer_C)]
    distances, mean_slopes = [], []  # the critic's estimate of the Wasserstein distance, and its slope
    for step in (bar := tqdm(range(1, s.steps + 1), unit="step", disable=None)):
        for _ in range(s.critic_steps):
            real = real_points(s.batch_size)
            with torch.no_grad():
                drawn = generator(torch.randn(s.batch_size, s.noise))
            slope = slopes(critic, real, drawn)
            distance = critic(real).mean() - critic(drawn).mean()
            optimizer_C.zero_grad()
            (s.penalty * ((slope - 1) ** 2).mean() - distance).backward()
            optimizer_C.step()
        optimizer_G.zero_grad()
        critic.requires_grad_(False)  # its gradients are not asked for here
        (-critic(generator(torch.randn(s.batch_size, s.noise))).mean()).backward()
        critic.requires_grad_(True)
        optimizer_G.step()
        for schedule in schedules:
            schedule.step()
        distances.append(distance.item())
        mean_slopes.append(slope.mean().item())
        if step % max(1, s.steps // 10) == 0:
            bar.write(
                f"step {step:5d}  distance {np.mean(distances[-100:]):.4f}  slope {np.mean(mean_slopes[-100:]):.3f}"
            )

    with torch.no_grad():
        drawn = generator(torch.randn(2000, s.noise))
        far, heap = torch.cdist(drawn, middle).min(dim=1)
        on = far <= 4 * s.deviation
        counts = torch.bincount(heap[on], minlength=s.heaps)
        line = torch.linspace(-1.6, 1.6, 80)
        heights = critic(torch.stack([line.repeat(80), line.repeat_interleave(80)], dim=1)).reshape(80, 80)
    share, rarest = on.float().mean().item(), counts.min().item() / len(drawn) * s.heaps
    slope_end = float(np.mean(mean_slopes[-100:]))
    print(f"{share:.1%} of 2000 points lie on a heap; by heap {counts.tolist()}; the critic's slope is {slope_end:.3f}")

    picture, (left, right) = figure(2)
    left.contourf(line.numpy(), line.numpy(), heights.numpy(), 30, cmap="coolwarm")
    left.plot(*drawn.numpy().T, ".", color="black", markersize=2, label="drawn")
    left.plot(*middle.numpy().T, "*", color="gold", markersize=9, label="heaps")
    left.set(title="what is drawn, on the critic's heights", aspect="equal")
    left.legend()
    right.plot(distances, label="distance, as the critic has it", linewidth=0.7)
    right.plot(mean_slopes, label="mean slope", linewidth=0.7)
    right.set(xlabel="step")
    right.legend()
    save(picture, out / "wgan_gp.png")
    assert share >= s.on_heap, f"{share:.1%} of the points lie on a heap, fewer than {s.on_heap:.1%}"
    assert rarest >= s.rarest, f"a heap has {rarest:.2f} of its share, less than {s.rarest}"
    assert abs(slope_end - 1) <= s.slope, f"the critic's slope is {slope_end:.3f}, not 1 within {s.slope}"
    return distances


if __name__ == "__main__":
    run(main, Wgan)
