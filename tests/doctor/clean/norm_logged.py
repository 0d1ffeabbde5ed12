"""The norm is only read, with a bound of infinity, for every micro-batch and after the step."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(96, 4)
y = x.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
norms = []
for i in range(12):
    (nn.functional.mse_loss(net(x[i * 8 : i * 8 + 8]), y[i * 8 : i * 8 + 8]) / 3).backward()
    norms.append(float(nn.utils.clip_grad_norm_(net.parameters(), float("inf"))))
    if i % 3 == 2:
        opt.step()
        norms.append(float(nn.utils.clip_grad_norm_(net.parameters(), max_norm=float("inf"))))
        opt.zero_grad()
