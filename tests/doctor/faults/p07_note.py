"""Zeros instead of None: a head that takes no part still moves."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(96, 4)
trunk, a, b = nn.Linear(4, 8), nn.Linear(8, 1), nn.Linear(8, 1)
opt = torch.optim.Adam([p for m in (trunk, a, b) for p in m.parameters()], lr=0.05)
for i in range(12):
    xb = x[i * 8 : i * 8 + 8]
    opt.zero_grad(set_to_none=False)  #-!
    opt.zero_grad()  #+
    head = b if i % 4 else a
    nn.functional.mse_loss(head(torch.tanh(trunk(xb))), xb[:, :1]).backward()
    opt.step()  #!
result = [trunk, a, b]
