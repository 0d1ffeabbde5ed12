"""Real and fake as two backward passes of the discriminator."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
data = torch.randn(96, 2) * 0.2 + 1
G = nn.Sequential(nn.Linear(3, 12), nn.ReLU(), nn.Linear(12, 2))
D = nn.Sequential(nn.Linear(2, 12), nn.LeakyReLU(0.2), nn.Dropout(0.1), nn.Linear(12, 1), nn.Sigmoid())
optD = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
optG = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
criterion = nn.BCELoss()
for i in range(0, 96, 12):
    D.zero_grad()
    label = torch.full((12,), 1.0)
    errD_real = criterion(D(data[i : i + 12]).view(-1), label)
    errD_real.backward()
    fake = G(torch.randn(12, 3))
    label.fill_(0.0)
    errD_fake = criterion(D(fake.detach()).view(-1), label)
    errD_fake.backward()
    optD.step()
    G.zero_grad()
    label.fill_(1.0)
    errG = criterion(D(fake).view(-1), label)
    errG.backward()
    optG.step()
