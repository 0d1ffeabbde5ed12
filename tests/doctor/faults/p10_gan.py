"""Clearing after the step is right with one optimizer, and a leak with two."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
real_data = torch.randn(128, 2) * 0.3 + torch.tensor([1.0, -1.0])
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()

for it in range(8):
    real = real_data[it * 16 : it * 16 + 16]
    fake = G(torch.randn(16, 4))
    opt_d.zero_grad()  #+
    d_loss = bce(D(real), torch.ones(16, 1)) + bce(D(fake.detach()), torch.zeros(16, 1))
    d_loss.backward()  #!
    opt_d.step()  #!
    opt_d.zero_grad()  #-!
    g_loss = bce(D(fake), torch.ones(16, 1))
    g_loss.backward()  #!
    opt_g.step()
    opt_g.zero_grad()
result = [G, D]
