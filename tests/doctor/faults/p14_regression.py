"""``loss.item() / K`` in the log is fine; the in-place division comes too late."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(9)
x = torch.randn(80, 4)
y = x.sum(1, keepdim=True)
lin = nn.Linear(4, 1)
sgd = torch.optim.SGD(lin.parameters(), lr=0.05)
accumulation = 2
history = []
for k in range(0, 80, 8):
    mse = ((lin(x[k : k + 8]) - y[k : k + 8]) ** 2).mean()
    scaled = mse / accumulation  #+
    scaled.backward()  #+
    mse.backward()  #-!
    scaled = mse / accumulation  #-!
    history.append(scaled.detach())
    if (k // 8) % accumulation == accumulation - 1:
        sgd.step()
        sgd.zero_grad()
result = lin
