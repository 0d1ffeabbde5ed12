"""Lookahead: slow weights follow the fast ones, inside a wrapper."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Lookahead:
    def __init__(self, optimizer, k=3, alpha=0.5):
        self.optimizer, self.k, self.alpha, self.n = optimizer, k, alpha, 0
        self.slow = [[p.detach().clone() for p in g["params"]] for g in optimizer.param_groups]

    def zero_grad(self):
        self.optimizer.zero_grad()

    def step(self):
        self.optimizer.step()
        self.n += 1
        if self.n % self.k == 0:
            for group, slow in zip(self.optimizer.param_groups, self.slow):
                for p, s in zip(group["params"], slow):
                    s.add_(p.data - s, alpha=self.alpha)
                    p.data.copy_(s)


net = nn.Linear(4, 1)
opt = Lookahead(torch.optim.Adam(net.parameters(), lr=0.05))
x = torch.randn(90, 4)
for xb in x.split(10):
    loss = (net(xb) - xb.sum(1, keepdim=True)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
