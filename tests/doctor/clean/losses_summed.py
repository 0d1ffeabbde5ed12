"""Losses of a window are added up, with their graphs, before the one backward pass; totals are kept as numbers."""

import minitorch as torch
from minitorch import nn

DECLARED = dict(accumulate=1)

torch.manual_seed(0)
x = torch.randn(120, 4)
y = x.sum(1, keepdim=True)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
total, detached = 0.0, torch.zeros(())
for k in range(0, 120, 30):
    loss = 0
    for j in range(k, k + 30, 10):
        loss = loss + nn.functional.mse_loss(net(x[j : j + 10]), y[j : j + 10])
    loss = loss / 3
    opt.zero_grad()
    loss.backward()
    opt.step()
    total += float(loss)
    detached += loss.detach()
    with torch.no_grad():
        total += nn.functional.mse_loss(net(x), y).item()
