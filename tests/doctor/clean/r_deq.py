"""A deep equilibrium layer: solved without a graph, one step with it, and a hook that solves the backward equation."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class DEQ(nn.Module):
    def __init__(self, n=5):
        super().__init__()
        self.lin = nn.Linear(n, n)
        self.lin.weight.data.mul_(0.3)

    def cell(self, z, x):
        return torch.tanh(self.lin(z) + x)

    def forward(self, x):
        with torch.no_grad():
            z = torch.zeros_like(x)
            for _ in range(12):
                z = self.cell(z, x)
        z = self.cell(z, x)
        if z.requires_grad:
            z0 = z.detach().requires_grad_()
            f0 = self.cell(z0, x.detach())

            def solve(g):
                y = g
                for _ in range(6):
                    y = torch.autograd.grad(f0, z0, y, retain_graph=True)[0] + g
                return y

            z.register_hook(solve)
        return z


deq, head = DEQ(), nn.Linear(5, 2)
opt = torch.optim.Adam([*deq.parameters(), *head.parameters()], lr=1e-2)
for _ in range(4):
    x, y = torch.randn(6, 5), torch.randint(0, 2, (6,))
    opt.zero_grad()
    nn.functional.cross_entropy(head(deq(x)), y).backward()
    opt.step()
