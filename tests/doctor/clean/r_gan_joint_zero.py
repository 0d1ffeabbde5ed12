"""A GAN trained at once: both losses from one forward, the generator's by autograd.grad put into .grad."""
import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F

torch.manual_seed(0)
G, D = nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
og, od = torch.optim.SGD(G.parameters(), lr=0.1), torch.optim.SGD(D.parameters(), lr=0.1)
for _ in range(6):
    fake = G(torch.randn(6, 2))
    d_real, d_fake = D(torch.randn(6, 3)), D(fake)
    d_loss = F.softplus(-d_real).mean() + F.softplus(d_fake).mean()
    g_loss = F.softplus(-d_fake).mean()
    d_grads = torch.autograd.grad(d_loss, list(D.parameters()), retain_graph=True)
    g_grads = torch.autograd.grad(g_loss, list(G.parameters()))
    for p, g in zip([*D.parameters(), *G.parameters()], [*d_grads, *g_grads]):
        p.grad = g
    od.step()
    og.step()
x = torch.randn(2, 2)
D(G(x)).sum().backward()
og.zero_grad()
od.zero_grad()
