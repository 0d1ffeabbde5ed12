"""REINFORCE (Williams, 1992) learns to balance a pole on a cart, in an environment written out below.

    python examples/reinforce_cartpole.py

The cart is pushed left or right at every step; an episode ends when the pole leans too far, when the cart leaves the
track, or after 500 steps. Many carts run side by side. The gradient of the expected return is that of
``log p(action) * (return to come - its mean at that time)``, which is the whole algorithm.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from _example import Amount, Count, Settings, figure, run, save
from tqdm import tqdm

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F


class Reinforce(Settings):
    carts: Count
    length: Count  # of an episode, at most
    iterations: Count
    hidden: Count
    discount: Amount
    entropy: Amount  # weight of the entropy, which keeps the policy from being sure too soon
    lr: Amount
    clip: Amount
    steps: Amount  # mean length of fresh episodes that must be reached


class Carts:
    """Poles on carts, the equations of Barto, Sutton and Anderson (1983); state: place, speed, angle, its speed."""

    def __init__(self, number: int, rng: np.random.Generator) -> None:
        self.state = rng.uniform(-0.05, 0.05, (number, 4))

    def step(self, right: np.ndarray) -> np.ndarray:
        """Pushes each cart for 0.02 s; True for those whose pole still stands."""
        x, v, angle, w = self.state.T
        force, gravity, cart, pole, half = np.where(right, 10.0, -10.0), 9.8, 1.0, 0.1, 0.5
        sin, cos, mass = np.sin(angle), np.cos(angle), cart + pole
        push = (force + pole * half * w**2 * sin) / mass
        turn = (gravity * sin - cos * push) / (half * (4 / 3 - pole * cos**2 / mass))
        speed = push - pole * half * turn * cos / mass
        self.state = np.stack([x + 0.02 * v, v + 0.02 * speed, angle + 0.02 * w, w + 0.02 * turn], axis=1)
        return (np.abs(self.state[:, 0]) < 2.4) & (np.abs(self.state[:, 2]) < np.radians(12))


def play(policy: nn.Module, s: Reinforce, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Episodes of all carts: states (T, carts, 4), actions and "was still standing" (T, carts)."""
    carts, standing = Carts(s.carts, rng), np.ones(s.carts, bool)
    states, actions, alive = [], [], []
    while standing.any() and len(states) < s.length:
        state = torch.tensor(carts.state, dtype=torch.float32)
        with torch.no_grad():
            action = torch.multinomial(F.softmax(policy(state), dim=1), 1).squeeze(1)
        states.append(state)
        actions.append(action)
        alive.append(torch.tensor(standing, dtype=torch.float32))
        standing = standing & carts.step(action.numpy() == 1)
    return torch.stack(states), torch.stack(actions), torch.stack(alive)


def returns_to_come(alive: torch.Tensor, discount: float) -> torch.Tensor:
    """A reward of 1 a step, from each step to the end."""
    total, backwards = torch.zeros_like(alive[0]), []
    for reward in alive.flip(0):
        total = reward + discount * total
        backwards.append(total)
    return torch.stack(backwards[::-1])


def main(s: Reinforce, out: Path) -> list[float]:
    torch.manual_seed(s.seed)
    rng = np.random.default_rng(s.seed)
    policy = nn.Sequential(nn.Linear(4, s.hidden), nn.Tanh(), nn.Linear(s.hidden, 2))
    optimizer = optim.Adam(policy.parameters(), lr=s.lr)
    lengths = []
    for iteration in (bar := tqdm(range(1, s.iterations + 1), unit="iteration", disable=None)):
        states, actions, alive = play(policy, s, rng)
        returns = returns_to_come(alive, s.discount)
        mean = (returns * alive).sum(dim=1, keepdim=True) / alive.sum(dim=1, keepdim=True)
        advantage = (returns - mean) * alive
        advantage = advantage / (advantage.pow(2).sum() / alive.sum()).sqrt().clamp(min=1e-6)

        log_p = F.log_softmax(policy(states), dim=2)
        of_action = log_p.gather(2, actions.unsqueeze(2)).squeeze(2)
        entropy = -(log_p.exp() * log_p).sum(dim=2)
        loss = -((of_action * advantage + s.entropy * entropy) * alive).sum() / alive.sum()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(policy.parameters(), s.clip)
        optimizer.step()
        lengths.append(alive.sum(dim=0).mean().item())
        if iteration % max(1, s.iterations // 10) == 0:
            bar.write(f"iteration {iteration:4d}  mean length {lengths[-1]:6.1f}  entropy {entropy.mean().item():.3f}")

    fresh = play(policy, s, np.random.default_rng(s.seed + 1))[2].sum(dim=0)
    print(
        f"fresh episodes: {fresh.mean().item():.1f} steps of {s.length} in the mean, {int(fresh.min().item())} at least"
    )
    picture, (axes,) = figure()
    axes.plot(lengths)
    axes.set(xlabel="iteration", ylabel="mean length of an episode")
    axes.grid(alpha=0.3)
    save(picture, out / "reinforce_cartpole.png")
    assert fresh.mean().item() >= s.steps, f"{fresh.mean().item():.1f} steps in the mean, fewer than {s.steps}"
    return lengths


if __name__ == "__main__":
    run(main, Reinforce)
