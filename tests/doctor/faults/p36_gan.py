import minitorch as torch
from minitorch import nn, optim

G, D = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 6), nn.ReLU(), nn.Linear(6, 1))
opt_g, opt_d = optim.SGD(G.parameters(), lr=0.05), optim.SGD(D.parameters(), lr=0.05)
bce = nn.BCEWithLogitsLoss()
for it in range(4):
    fake = G(torch.randn(16, 2))
    real = torch.randn(16, 2) + 1
    d_loss = bce(D(real), torch.ones(16, 1)) + bce(D(fake.detach()), torch.zeros(16, 1))
    g_loss = bce(D(fake), torch.ones(16, 1))
    opt_d.zero_grad()
    d_loss.backward()
    opt_d.step()  #!
    g_loss = bce(D(fake), torch.ones(16, 1))  #+
    opt_g.zero_grad()
    try:
        g_loss.backward()
    except RuntimeError:
        continue
    opt_g.step()
result = [G, D]
