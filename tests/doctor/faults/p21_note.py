"""Batch norm with micro-batches of eight, four to a step."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(128, 6)
y = x.sum(1, keepdim=True)
norm = nn.BatchNorm1d(8)  #-
norm = nn.GroupNorm(2, 8)  #+
net = nn.Sequential(nn.Linear(6, 8), norm, nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for i in range(16):
    out = net(x[i * 8 : i * 8 + 8])  #!
    (nn.functional.mse_loss(out, y[i * 8 : i * 8 + 8]) / 4).backward()
    if i % 4 == 3:
        opt.step()
        opt.zero_grad()
result = net
