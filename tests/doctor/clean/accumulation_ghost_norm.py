"""Small batches for batch norm by choice."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
X, y = torch.tensor(d.data[:256] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256])
model = nn.Sequential(nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for xb, yb in zip(X.split(64), y.split(64)):
    opt.zero_grad()
    for ghost_x, ghost_y in zip(xb.chunk(4), yb.chunk(4)):
        (nn.functional.cross_entropy(model(ghost_x), ghost_y) * 0.25).backward()
    opt.step()
