"""MAML (Finn et al., 2017) on sine waves: weights from which one step of gradient descent on ten points leads far.

    python examples/maml_sine.py

A task is a sine wave with an amplitude and a phase of its own. A step of gradient descent is itself a function of the
weights it starts from; its derivative has second derivatives of the loss in it, and ``create_graph=True`` is what makes
them. The same network trained on all waves at once learns their mean, and one step does it little good. The version
that leaves the second derivatives out (first-order MAML) stands beside.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from _example import Amount, Count, Settings, figure, run, save
from tqdm import tqdm

import minitorch as torch
from minitorch import nn, optim


class Maml(Settings):
    hidden: Count
    tasks: Count  # of one step of the outer loop
    points: Count  # to learn a task from, and as many to see what was learnt
    inner_lr: Amount
    inner_steps: Count  # in training
    lr: Amount
    steps: Count
    new_tasks: Count  # to measure with
    loss: Amount  # mean squared error after one step on a new task that must be reached
    of_joint: Amount  # and as a share of what is reached from weights trained on all waves at once


Wave = tuple[torch.Tensor, torch.Tensor]
Weights = list[torch.Tensor]


def waves(tasks: int) -> Wave:
    """Amplitudes from 0.1 to 5 and phases from 0 to pi, of shape (tasks, 1, 1)."""
    return torch.rand(tasks, 1, 1) * 4.9 + 0.1, torch.rand(tasks, 1, 1) * math.pi


def points(wave: Wave, number: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Points (tasks, number, 1) of waves, x from -5 to 5."""
    amplitude, phase = wave
    x = torch.rand(len(amplitude), number, 1) * 10 - 5
    return x, amplitude * torch.sin(x - phase)


def network(hidden: int) -> Weights:
    """Weights and biases of 1 - hidden - hidden - 1, as the layers of nn draw them."""
    layers = nn.Linear(1, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, 1)
    return [
        p.detach().reshape(layer.out_features, -1).T.requires_grad_() for layer in layers for p in layer.parameters()
    ]


def predict(weights: Weights, x: torch.Tensor) -> torch.Tensor:
    """The network of each task, (tasks, in, out) matrices, on that task's points (tasks, points, 1)."""
    w1, b1, w2, b2, w3, b3 = weights
    return torch.relu(torch.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3


def errors(weights: Weights, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The mean squared error of each task."""
    return ((predict(weights, x) - y) ** 2).mean(dim=(1, 2))


def adapted(weights: Weights, x: torch.Tensor, y: torch.Tensor, lr: float, steps: int, second: bool = True) -> Weights:
    """Each task's own weights after some steps of gradient descent from the common ones."""
    own = [w.expand(len(x), *w.shape) for w in weights]
    for _ in range(steps):
        gradients = torch.autograd.grad(errors(own, x, y).sum(), own, create_graph=second)
        own = [w - lr * g for w, g in zip(own, gradients)]
    return own


def train(s: Maml, name: str, losses: list[float]) -> Weights:
    """Weights trained one of three ways: "MAML", "first order" (gradients as constants), "jointly" (no inner step)."""
    torch.manual_seed(s.seed)  # the same first weights and the same tasks for all three
    weights = network(s.hidden)
    optimizer = optim.Adam(weights, lr=s.lr)
    inner = 0 if name == "jointly" else s.inner_steps
    for step in (bar := tqdm(range(1, s.steps + 1), desc=name, unit="step", disable=None)):
        wave = waves(s.tasks)
        own = adapted(weights, *points(wave, s.points), s.inner_lr, inner, second=name == "MAML")
        loss = errors(own, *points(wave, s.points)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % max(1, s.steps // 4) == 0:
            bar.write(f"{name:12} step {step:6d}  loss {np.mean(losses[-200:]):.3f}")
    return weights


def main(s: Maml, out: Path) -> list[float]:
    names = ("MAML", "first order", "jointly")
    losses: dict[str, list[float]] = {name: [] for name in names}
    trained = {name: train(s, name, losses[name]) for name in names}

    torch.manual_seed(s.seed + 1)
    wave = waves(s.new_tasks)  # the same for all three
    few, many = points(wave, s.points), points(wave, 100)
    shown = (0, 1, 2, 5, 10)
    after = {
        name: [errors(adapted(w, *few, s.inner_lr, n, second=False), *many).mean().item() for n in shown]
        for name, w in trained.items()
    }
    print(f"\nmean squared error on {s.new_tasks} new waves after steps on {s.points} points")
    print(f"{'steps':12}" + "".join(f"{n:>9}" for n in shown))
    for name, values in after.items():
        print(f"{name:12}" + "".join(f"{v:9.3f}" for v in values))

    picture, axes = figure(2)
    x = torch.linspace(-5, 5, 200).reshape(1, 200, 1)
    first = tuple(part[:1] for part in wave)
    axes[0].plot(x.flatten().numpy(), (first[0] * torch.sin(x - first[1])).flatten().numpy(), "k", label="a new wave")
    axes[0].plot(*(part[0].flatten().numpy() for part in few), "k^", label="points seen")
    for name, steps, style in (("MAML", 0, ":"), ("MAML", 1, "-"), ("MAML", 10, "--"), ("jointly", 10, "-.")):
        own = adapted(trained[name], *(part[:1] for part in few), s.inner_lr, steps, second=False)
        y = predict(own, x).detach().flatten().numpy()
        axes[0].plot(x.flatten().numpy(), y, style, label=f"{name}, {steps} steps")
    axes[0].legend(fontsize="small")
    for name, values in after.items():
        axes[1].plot(shown, values, "o-", label=name)
    axes[1].set(xlabel="steps of gradient descent", ylabel="mean squared error", yscale="log")
    axes[1].legend()
    save(picture, out / "maml_sine.png")
    maml, jointly = after["MAML"][1], after["jointly"][1]
    assert maml <= s.loss, f"the error after one step is {maml:.3f}, above {s.loss}"
    assert maml <= s.of_joint * jointly, f"{maml:.3f} is more than {s.of_joint} of {jointly:.3f}, without MAML"
    return losses["MAML"]


if __name__ == "__main__":
    run(main, Maml)
