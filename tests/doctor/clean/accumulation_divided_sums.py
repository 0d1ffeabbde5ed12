"""Sums divided by the rows of the whole window, written by hand; two terms in the loss."""

import minitorch as torch
from minitorch import nn

DECLARED = dict(accumulate=4)

torch.manual_seed(0)
x = torch.randn(96, 4)
y = x.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
K, size = 4, 6
for i in range(16):
    out = net(x[i * size : i * size + size])
    error = (out - y[i * size : i * size + size]).pow(2).sum() / (K * size)
    loss = error + 1e-3 * out.abs().mean() / K
    loss.backward()
    if i % K == K - 1:
        opt.step()
        opt.zero_grad()
