"""Batches of two tasks by turns; the head that takes no part in one has no gradient and is left alone."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(96, 4)
trunk = nn.Linear(4, 8)
heads = nn.ModuleDict({"a": nn.Linear(8, 1), "b": nn.Linear(8, 1)})
opt = torch.optim.SGD([*trunk.parameters(), *heads.parameters()], lr=0.05, momentum=0.9, weight_decay=1e-3)
for i in range(12):
    task = "a" if i % 2 else "b"
    xb = x[i * 8 : i * 8 + 8]
    opt.zero_grad()
    nn.functional.mse_loss(heads[task](torch.tanh(trunk(xb))), xb[:, :1]).backward()
    opt.step()
