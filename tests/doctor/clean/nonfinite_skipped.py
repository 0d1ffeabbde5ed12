"""A bad batch is left out: after its backward pass, and in another loop before it."""

import math

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(100, 3)
x[35], x[71] = float("nan"), float("inf")
net = nn.Linear(3, 1)
opt = torch.optim.Adam(net.parameters())
for i in range(0, 100, 10):
    loss = nn.functional.mse_loss(net(x[i : i + 10]), x[i : i + 10, :1])
    loss.backward()
    norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    if not math.isfinite(norm):
        opt.zero_grad()
        continue
    opt.step()
    opt.zero_grad()
for i in range(0, 100, 10):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x[i : i + 10]), x[i : i + 10, :1])
    if loss.isfinite():
        loss.backward()
        opt.step()
