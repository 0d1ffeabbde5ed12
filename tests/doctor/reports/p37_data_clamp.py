"""Weights are clamped through .data between the critic's forward and backward."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
gen = nn.Linear(2, 3)
opt = torch.optim.RMSprop(critic.parameters(), lr=5e-3)
for it in range(6):
    real, fake = torch.randn(8, 3), gen(torch.randn(8, 2)).detach()
    for p in critic.parameters():  #+
        p.data.clamp_(-0.1, 0.1)  #+
    loss = critic(fake).mean() - critic(real).mean()
    for p in critic.parameters():  #-
        p.data.clamp_(-0.1, 0.1)  #-!
    opt.zero_grad()
    loss.backward()  #!
    opt.step()
result = critic
