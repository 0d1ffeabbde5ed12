"""A loss that is divided by a constant of its own: a half, and a temperature of ten."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(60, 3)
y = x.sum(1, keepdim=True)
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(0, 60, 10):
    loss = nn.functional.mse_loss(net(x[i : i + 10]), y[i : i + 10]) / 2
    opt.zero_grad()
    loss.backward()
    opt.step()
temperature = 10
for i in range(0, 60, 10):
    opt.zero_grad()
    ((net(x[i : i + 10]) - y[i : i + 10]) ** 2).mean().div(temperature).backward()
    opt.step()
