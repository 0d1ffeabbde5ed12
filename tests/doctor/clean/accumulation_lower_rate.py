"""Unscaled on purpose, with the learning rate lowered for it, and said so."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(80, 4)
y = x.sum(1, keepdim=True)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1 / 4)
for i in range(8):
    loss = nn.functional.mse_loss(net(x[i * 10 : i * 10 + 10]), y[i * 10 : i * 10 + 10])
    loss.backward()  # doctor: ok P13
    if i % 4 == 3:
        opt.step()
        opt.zero_grad()
