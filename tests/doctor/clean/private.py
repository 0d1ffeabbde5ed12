"""DP-SGD: every example's gradient is clipped in a buffer of its own, then all are averaged."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x, y = torch.randn(36, 4), torch.randint(0, 2, (36,))
net = nn.Linear(4, 2)
params = list(net.parameters())
opt = torch.optim.SGD(params, lr=0.1)
for k in range(0, 36, 6):
    sums = [torch.zeros_like(p) for p in params]
    for j in range(k, k + 6):
        net.zero_grad()
        nn.functional.cross_entropy(net(x[j : j + 1]), y[j : j + 1]).backward()
        nn.utils.clip_grad_norm_(params, 1.0)
        for s, p in zip(sums, params):
            s += p.grad
    for s, p in zip(sums, params):
        p.grad = (s + 0.1 * torch.randn_like(s)) / 6
    opt.step()
