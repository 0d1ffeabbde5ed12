"""The log holds the loss that was divided."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(96, 5)
y = x.sum(1, keepdim=True)
net = nn.Linear(5, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
log = []
for i in range(12):
    loss = nn.functional.mse_loss(net(x[i * 8 : i * 8 + 8]), y[i * 8 : i * 8 + 8])
    log.append(loss.item())  #+
    loss = loss / 4
    loss.backward()
    log.append(loss.item())  #-!
    if i % 4 == 3:
        opt.step()
        opt.zero_grad()
result = log
