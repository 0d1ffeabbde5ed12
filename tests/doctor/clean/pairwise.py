"""Pairwise distances: (N, 1) against (1, N) on purpose; and several predictions against one target."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(60, 5)
score = nn.Linear(5, 1)
opt = torch.optim.Adam(score.parameters(), lr=0.01)
for i in range(0, 60, 10):
    s, rank = score(x[i : i + 10]).squeeze(1), x[i : i + 10, 0]
    better = (rank[:, None] > rank[None, :]).float()
    difference = s[:, None] - s[None, :]
    loss = -(better * nn.functional.logsigmoid(difference)).sum() / better.sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
embed = nn.Linear(5, 3)
opt = torch.optim.SGD(embed.parameters(), lr=0.05)
for i in range(0, 60, 12):
    z = embed(x[i : i + 12])
    distance = ((z.unsqueeze(1) - z.unsqueeze(0)) ** 2).sum(-1)
    several = (z - x[i : i + 12, :1]).pow(2).mean()
    opt.zero_grad()
    (distance.mean() + several).backward()
    opt.step()
