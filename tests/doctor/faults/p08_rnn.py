"""The truth value of a gradient."""

import minitorch as torch
from minitorch import nn

x = torch.randn(4, 5, 2)
cell = nn.RNN(2, 4, batch_first=True)
result = 0.0
for step in range(3):
    loss = cell(x)[0].pow(2).mean()
    loss.backward()
    for p in cell.parameters():
        if p.grad:  #-!
            p.data.add_(p.grad, alpha=-0.1)  #-
        if p.grad is not None:  #+
            p.data.add_(p.grad, alpha=-0.1)  #+
        p.grad = None
    result = loss.item()
