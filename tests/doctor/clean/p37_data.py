"""Weights set through .data before the first forward, clipped after the step, averaged between steps; a NumPy batch
buffer that is filled anew after the step."""

import minitorch as torch
import numpy as np
from minitorch import nn, optim

critic = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
for p in critic.parameters():
    p.data.uniform_(-0.3, 0.3)
critic[0].bias.data.fill_(0.0)
opt = optim.RMSprop(critic.parameters(), lr=1e-3)
buffer = np.empty((5, 3), np.float32)
rng = np.random.default_rng(0)
slow = [p.data.clone() for p in critic.parameters()]
for _ in range(6):
    buffer[:] = rng.standard_normal((5, 3))
    opt.zero_grad()
    critic(torch.from_numpy(buffer)).mean().backward()
    opt.step()
    for s, p in zip(slow, critic.parameters()):
        p.data.clamp_(-0.2, 0.2)
        s += 0.1 * (p.data - s)
        p.data.copy_(s)
    critic[2].weight.numpy(force=True)[:] *= 0.999
