"""WGAN-GP with two critics and five critic steps for one of the generator, the critics' losses summed."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


def critic_net():
    return nn.Sequential(nn.Linear(4, 12), nn.LeakyReLU(0.2), nn.Linear(12, 1))


def gradient_penalty(critic, real, fake):
    eps = torch.rand(real.size(0), 1)
    mix = (eps * real + (1 - eps) * fake).requires_grad_(True)
    grad = torch.autograd.grad(critic(mix).sum(), mix, create_graph=True)[0]
    return ((grad.norm(2, dim=1) - 1) ** 2).mean()


critics = nn.ModuleList([critic_net(), critic_net()])
G = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 4))
opt_c = torch.optim.Adam(critics.parameters(), lr=1e-3, betas=(0.0, 0.9))
opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.9))
for it in range(15):
    real = torch.randn(6, 4) + 1
    fake = G(torch.randn(6, 2)).detach()
    opt_c.zero_grad()
    for critic in critics:
        loss = critic(fake).mean() - critic(real).mean() + 10 * gradient_penalty(critic, real, fake)
        loss.backward()
    opt_c.step()
    if it % 5 == 4:
        for p in critics.parameters():
            p.requires_grad_(False)
        opt_g.zero_grad()
        fake = G(torch.randn(6, 2))
        (-sum(c(fake).mean() for c in critics)).backward()
        opt_g.step()
        for p in critics.parameters():
            p.requires_grad_(True)
