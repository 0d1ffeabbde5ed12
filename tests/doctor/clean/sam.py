"""Sharpness-aware minimisation: two backward passes a step, the first only to find the worst neighbour."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
X, y = torch.tensor(d.data[:256] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256])
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
base = torch.optim.SGD(model.parameters(), lr=0.1)
rho = 0.05
for i in range(0, 256, 32):
    xb, yb = X[i : i + 32], y[i : i + 32]
    nn.functional.cross_entropy(model(xb), yb).backward()
    with torch.no_grad():
        norm = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
        moves = []
        for p in model.parameters():
            e = p.grad * (rho / (norm + 1e-12))
            p.add_(e)
            moves.append(e)
    base.zero_grad()
    nn.functional.cross_entropy(model(xb), yb).backward()
    with torch.no_grad():
        for p, e in zip(model.parameters(), moves):
            p.sub_(e)
    base.step()
    base.zero_grad()
