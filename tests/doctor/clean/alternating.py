"""Two optimizers on two halves of a model, by turns, each cleared before its own step."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(120, 4)
y = x.sum(1, keepdim=True)
u, v = nn.Linear(4, 6), nn.Linear(6, 1)
opts = [torch.optim.SGD(u.parameters(), lr=0.05), torch.optim.SGD(v.parameters(), lr=0.05)]
for i in range(12):
    opt = opts[i % 2]
    opt.zero_grad()
    nn.functional.mse_loss(v(torch.tanh(u(x[i * 10 : i * 10 + 10]))), y[i * 10 : i * 10 + 10]).backward()
    opt.step()
