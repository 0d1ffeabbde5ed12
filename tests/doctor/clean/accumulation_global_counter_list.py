"""The same over a list, five micro-batches an epoch."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(50, 3)
y = x @ torch.tensor([[1.0], [-1.0], [0.5]])
net = nn.Linear(3, 1)
opt = torch.optim.Adam(net.parameters(), lr=0.05)
count, accumulate = 0, 2
for epoch in range(5):
    for i in range(5):
        loss = (net(x[i * 10 : i * 10 + 10]) - y[i * 10 : i * 10 + 10]).pow(2).mean() / accumulate
        loss.backward()
        count += 1
        if count == accumulate:
            opt.step()
            opt.zero_grad()
            count = 0
