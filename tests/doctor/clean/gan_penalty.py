"""WGAN-GP: the penalty's gradient through autograd.grad(create_graph=True)."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
real = torch.randn(16, 2) + 2
gen, critic = nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 10), nn.Tanh(), nn.Linear(10, 1))
opt_g, opt_c = torch.optim.Adam(gen.parameters(), 1e-3), torch.optim.Adam(critic.parameters(), 1e-3)


def penalty(fake):
    alpha = torch.rand(16, 1)
    mix = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    slope = torch.autograd.grad(critic(mix).sum(), mix, create_graph=True)[0]
    return ((slope.norm(2, dim=1) - 1) ** 2).mean()


for step in range(6):
    fake = gen(torch.randn(16, 3))
    loss = critic(fake.detach()).mean() - critic(real).mean() + 10 * penalty(fake.detach())
    opt_c.zero_grad()
    loss.backward()
    opt_c.step()
    if step % 3 == 2:
        opt_g.zero_grad()
        (-critic(gen(torch.randn(16, 3))).mean()).backward()
        opt_g.step()
