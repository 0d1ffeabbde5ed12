"""An energy-based model: samples by Langevin dynamics from a replay buffer, weights frozen meanwhile."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
E = nn.Sequential(nn.Linear(2, 10), nn.SiLU(), nn.Linear(10, 1))
opt = torch.optim.Adam(E.parameters(), lr=1e-3)
buffer = torch.rand(32, 2)


def sample(start, steps=5):
    was = E.training
    E.eval()
    E.requires_grad_(False)
    x = start.clone().requires_grad_(True)
    for _ in range(steps):
        E(x).sum().backward()
        x.data.add_(x.grad, alpha=-0.1).add_(0.01 * torch.randn_like(x))
        x.grad.detach_()
        x.grad.zero_()
    E.requires_grad_(True)
    E.train(was)
    return x.detach()


for _ in range(5):
    idx = torch.randint(0, 32, (8,))
    fake = sample(buffer[idx])
    buffer[idx] = fake
    real = torch.randn(8, 2) * 0.2
    e_pos, e_neg = E(real), E(fake)
    loss = (e_pos - e_neg).mean() + 0.1 * (e_pos**2 + e_neg**2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
