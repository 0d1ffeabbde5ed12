"""Batch statistics are computed anew after training, from passes whose results nobody looks at."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
X, y = torch.tensor(d.data[:256] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256])
model = nn.Sequential(nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(0, 256, 32):
    opt.zero_grad()
    nn.functional.cross_entropy(model(X[i : i + 32]), y[i : i + 32]).backward()
    opt.step()
for m in model.modules():
    if isinstance(m, nn.BatchNorm1d):
        m.reset_running_stats()
        m.momentum = None
model.train()
with torch.no_grad():
    for i in range(0, 256, 32):
        model(X[i : i + 32])
model.eval()
