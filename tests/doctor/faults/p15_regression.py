"""A masked mean written by hand."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(7)
x = torch.randn(8, 20, 3)
y = x @ torch.tensor([1.0, -1.0, 2.0]) + torch.arange(8.0)[:, None]
counts = [20, 3, 18, 2, 20, 5, 16, 4]
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.02)
for epoch in range(4):
    for start in range(0, 8, 2):
        total = counts[start] + counts[start + 1]
        for i in (start, start + 1):
            n = counts[i]
            error = (net(x[i, :n]).squeeze(-1) - y[i, :n]) ** 2
            loss = error.mean() / 2  #-
            loss = error.sum() / total  #+
            loss.backward()  #!
        opt.step()  #!
        opt.zero_grad()
result = net
