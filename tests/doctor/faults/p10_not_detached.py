"""Both are cleared first, but the fake is not detached: the generator also learns the discriminator's loss."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
real = torch.randn(80, 2) + 1
G, D = nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer_G, optimizer_D = torch.optim.SGD(G.parameters(), 0.1), torch.optim.SGD(D.parameters(), 0.1)
adversarial_loss = nn.BCEWithLogitsLoss()
for i in range(0, 80, 10):
    optimizer_G.zero_grad()
    optimizer_D.zero_grad()
    fake = G(torch.randn(10, 3))
    d_fake = D(fake)  #-
    d_fake = D(fake.detach())  #+
    d_loss = adversarial_loss(D(real[i : i + 10]), torch.ones(10, 1)) + adversarial_loss(d_fake, torch.zeros(10, 1))
    d_loss.backward()  #!
    optimizer_D.step()
    g_loss = adversarial_loss(D(G(torch.randn(10, 3))), torch.ones(10, 1))
    g_loss.backward()
    optimizer_G.step()  #!
result = [G, D]
