"""Clipping once for every loss of a step, and the step after both."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(80, 4)
trunk, a, b = nn.Linear(4, 8), nn.Linear(8, 1), nn.Linear(8, 1)
params = [p for m in (trunk, a, b) for p in m.parameters()]
opt = torch.optim.SGD(params, lr=0.1)
for i in range(0, 80, 10):
    xb = x[i : i + 10]
    opt.zero_grad()
    (a(torch.tanh(trunk(xb))) - 5 * xb[:, :1]).pow(2).mean().backward()
    nn.utils.clip_grad_norm_(params, 0.5)  #-!
    (b(torch.tanh(trunk(xb))) + 5 * xb[:, 1:2]).pow(2).mean().backward()  #!
    nn.utils.clip_grad_norm_(params, 0.5)
    opt.step()
result = [trunk, a, b]
