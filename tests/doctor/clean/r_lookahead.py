"""Lookahead over an inner Adam: slow weights pull every five steps."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Lookahead:
    def __init__(self, inner, k=5, alpha=0.5):
        self.inner, self.k, self.alpha, self.n = inner, k, alpha, 0
        self.slow = [[p.detach().clone() for p in g["params"]] for g in inner.param_groups]

    def zero_grad(self):
        self.inner.zero_grad()

    def step(self):
        self.inner.step()
        self.n += 1
        if self.n % self.k:
            return
        for group, slow in zip(self.inner.param_groups, self.slow):
            for p, s in zip(group["params"], slow):
                s.add_(p.detach() - s, alpha=self.alpha)
                p.data.copy_(s)


net = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 1))
opt = Lookahead(torch.optim.Adam(net.parameters(), lr=1e-2))
for it in range(14):
    x = torch.randn(8, 3)
    opt.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    opt.step()
