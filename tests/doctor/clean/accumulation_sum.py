"""A loss that is a sum needs no division."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(120, 4)
y = x.prod(1, keepdim=True)
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
crit = nn.MSELoss(reduction="sum")
for k in range(0, 120, 30):
    opt.zero_grad()
    for j in range(k, k + 30, 10):
        crit(net(x[j : j + 10]), y[j : j + 10]).backward()
    opt.step()
