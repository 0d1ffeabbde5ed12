"""A scaled loss: gradients are unscaled by hand, and the step is skipped when they overflow."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(96, 4)
y = x.sum(1, keepdim=True)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
sched = torch.optim.lr_scheduler.ExponentialLR(opt, 0.95)
scale = 2.0**126
for i in range(0, 96, 8):
    loss = nn.functional.mse_loss(net(x[i : i + 8]), y[i : i + 8])
    opt.zero_grad()
    (loss * scale).backward()
    finite = True
    for p in net.parameters():
        p.grad.mul_(1 / scale)
        finite = finite and bool(torch.isfinite(p.grad).all())
    if finite:
        opt.step()
        sched.step()
    else:
        scale /= 2.0**10
