"""Five steps of the critic for one of the generator; all weights of both are cleared before each."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import make_moons

points = torch.tensor(make_moons(120, random_state=0)[0], dtype=torch.float32)
gen = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 2))
critic = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 1))
opt_g, opt_c = torch.optim.RMSprop(gen.parameters(), 5e-4), torch.optim.RMSprop(critic.parameters(), 5e-4)
for it in range(4):
    for k in range(5):
        opt_c.zero_grad()
        fake = gen(torch.randn(24, 2)).detach()
        (critic(fake).mean() - critic(points[k * 24 : k * 24 + 24]).mean()).backward()
        nn.utils.clip_grad_norm_(critic.parameters(), 1.0)
        opt_c.step()
        with torch.no_grad():
            for w in critic.parameters():
                w.clamp_(-0.5, 0.5)
    for p in critic.parameters():
        p.requires_grad_(False)
    opt_g.zero_grad()
    (-critic(gen(torch.randn(24, 2))).mean()).backward()
    nn.utils.clip_grad_norm_(gen.parameters(), 1.0)
    opt_g.step()
    for p in critic.parameters():
        p.requires_grad_(True)
