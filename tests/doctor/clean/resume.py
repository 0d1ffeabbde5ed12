"""The scheduler is wound forward on resume, before any backward pass; with a dummy step against its warning."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(64, 4)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
sched = torch.optim.lr_scheduler.StepLR(opt, 2, gamma=0.8)
opt.zero_grad()
opt.step()
for _ in range(5):
    sched.step()
for i in range(0, 64, 8):
    opt.zero_grad()
    (net(x[i : i + 8]) - x[i : i + 8, :1]).square().mean().backward()
    opt.step()
    sched.step()
