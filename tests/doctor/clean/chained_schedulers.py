"""Two schedulers on one optimizer, both once a step; and accumulation with the schedule under the same condition."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(240, 4)
y = x.sum(1, keepdim=True)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
one = torch.optim.lr_scheduler.ExponentialLR(opt, 0.99)
two = torch.optim.lr_scheduler.LinearLR(opt, 0.5, total_iters=4)
for i in range(24):
    (nn.functional.mse_loss(net(x[i * 10 : i * 10 + 10]), y[i * 10 : i * 10 + 10]) / 3).backward()
    if i % 3 == 2:
        opt.step()
        one.step()
        two.step()
        opt.zero_grad()
