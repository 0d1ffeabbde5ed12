"""Wanted matrices: pairwise distances, contrastive similarities, several predictions against one target, a single row."""

import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn, optim

model, ensemble = nn.Linear(3, 1), nn.Linear(3, 4)
embed = nn.Linear(3, 5)
opt = optim.Adam([*model.parameters(), *ensemble.parameters(), *embed.parameters()], lr=0.01)
prices = torch.linspace(0, 1, 6)
for _ in range(5):
    x, y = torch.randn(6, 3), torch.randn(6)
    out = model(x)
    ranks = (out - out.squeeze(1)).sigmoid().mean()  # of every row against every other
    loss = F.mse_loss(out, y[:, None]) + (out - y.unsqueeze(1)).abs().mean() + 0.01 * ranks
    loss = loss + (ensemble(x) - y[:, None]).pow(2).mean()
    z = F.normalize(embed(x), dim=1)
    loss = loss + F.cross_entropy(z @ z.T / 0.1, torch.arange(6))
    loss = loss + (z[:, None] - z[None]).pow(2).sum(-1).mean() * 0.01
    loss = loss + F.mse_loss(model(x[:1]), y[:1].reshape(1, 1, 1))
    opt.zero_grad()
    loss.backward()
    opt.step()
