"""Soft actor-critic: twin critics, a learned temperature, three optimizers; the actor's pass leaves gradients in the critics."""
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


def mlp(i, o):
    return nn.Sequential(nn.Linear(i, 10), nn.ReLU(), nn.Linear(10, o))


actor, q1, q2 = mlp(3, 2), mlp(4, 1), mlp(4, 1)
t1, t2 = copy.deepcopy(q1), copy.deepcopy(q2)
log_alpha = torch.zeros(1, requires_grad=True)
oa = torch.optim.Adam(actor.parameters(), lr=1e-3)
oq = torch.optim.Adam(list(q1.parameters()) + list(q2.parameters()), lr=1e-3)
ot = torch.optim.Adam([log_alpha], lr=1e-3)


def sample(s):
    mu, log_std = actor(s).chunk(2, dim=1)
    log_std = log_std.clamp(-5, 2)
    eps = torch.randn_like(mu)
    a = torch.tanh(mu + eps * log_std.exp())
    logp = (-0.5 * eps**2 - log_std - torch.log(1 - a**2 + 1e-6)).sum(1, keepdim=True)
    return a, logp


for _ in range(6):
    s, a, r, s2 = torch.randn(8, 3), torch.rand(8, 1) * 2 - 1, torch.randn(8, 1), torch.randn(8, 3)
    with torch.no_grad():
        a2, lp2 = sample(s2)
        x2 = torch.cat([s2, a2], 1)
        y = r + 0.9 * (torch.min(t1(x2), t2(x2)) - log_alpha.exp() * lp2)
    x = torch.cat([s, a], 1)
    q_loss = nn.functional.mse_loss(q1(x), y) + nn.functional.mse_loss(q2(x), y)
    oq.zero_grad()
    q_loss.backward()
    oq.step()

    new_a, lp = sample(s)
    xa = torch.cat([s, new_a], 1)
    pi_loss = (log_alpha.exp().detach() * lp - torch.min(q1(xa), q2(xa))).mean()
    oa.zero_grad()
    pi_loss.backward()
    oa.step()

    t_loss = -(log_alpha * (lp + 1.0).detach()).mean()
    ot.zero_grad()
    t_loss.backward()
    ot.step()
    for net, t in ((q1, t1), (q2, t2)):
        for p, tp in zip(net.parameters(), t.parameters()):
            tp.data.lerp_(p.data, 0.01)
