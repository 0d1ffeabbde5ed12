"""The gradient of each micro-batch is measured before the window is complete; nothing is changed by it."""

import minitorch as torch
from minitorch import nn

DECLARED = dict(accumulate=3)

torch.manual_seed(0)
x = torch.randn(144, 4)
y = x.sum(1, keepdim=True)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
spread, before = [], None
for i in range(12):
    (nn.functional.mse_loss(net(x[i * 12 : i * 12 + 12]), y[i * 12 : i * 12 + 12]) / 3).backward()
    flat = torch.cat([p.grad.reshape(-1) for p in net.parameters()])
    spread.append((flat if before is None else flat - before).norm().item())
    before = flat
    if i % 3 == 2:
        opt.step()
        opt.zero_grad(set_to_none=False)
        before = None
