import minitorch as torch
from minitorch import nn, optim

G = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
optG, optD = optim.Adam(G.parameters(), lr=1e-3), optim.SGD(D.parameters(), lr=1e-2)
criterion = nn.BCEWithLogitsLoss()
for it in range(4):
    real, z = torch.randn(8, 2) + 2, torch.randn(8, 3)
    optD.zero_grad()
    errD_real = criterion(D(real), torch.ones(8, 1))
    errD_real.backward(retain_graph=True)  #-!
    errD_real.backward()  #+
    fake = G(z)
    errD_fake = criterion(D(fake.detach()), torch.zeros(8, 1))
    errD = errD_real + errD_fake
    errD.backward()  #-!
    errD_fake.backward()  #+
    optD.step()
    optG.zero_grad()
    criterion(D(fake), torch.ones(8, 1)).backward()
    optG.step()
result = [G, D]
