"""Validation in training mode of a model that does the same in both; statistics computed anew, outputs unused."""

import minitorch as torch
from minitorch import nn, optim

plain = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.ReLU(), nn.Linear(8, 2))
normed = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
opt = optim.SGD([*plain.parameters(), *normed.parameters()], lr=0.1)
for epoch in range(5):
    x, y = torch.randn(16, 4), torch.randint(0, 2, (16,))
    opt.zero_grad()
    (nn.functional.cross_entropy(plain(x), y) + nn.functional.cross_entropy(normed(x), y)).backward()
    opt.step()
    with torch.no_grad():
        accuracy = (plain(x).argmax(1) == y).float().mean()
        for _ in range(3):
            normed(torch.randn(16, 4))
    normed.eval()
    with torch.no_grad():
        accuracy = (normed(x).argmax(1) == y).float().mean()
    normed.train()
