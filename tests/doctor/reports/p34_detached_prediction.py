"""The generator's fakes are detached in its own update as well; the criterion's weight hides that nothing is learned."""
# also: P06 P28
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 4))
D = nn.Sequential(nn.Linear(4, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
og, od = torch.optim.Adam(G.parameters(), lr=1e-2), torch.optim.Adam(D.parameters(), lr=1e-2)
bce = nn.BCEWithLogitsLoss()
for it in range(8):
    real, fake = torch.randn(6, 4) + 2, G(torch.randn(6, 3))
    od.zero_grad()
    d_loss = bce(D(real), torch.ones(6, 1)) + bce(D(fake.detach()), torch.zeros(6, 1))
    d_loss.backward()
    od.step()

    og.zero_grad()
    g_loss = bce(D(fake.detach()), torch.ones(6, 1))  #-!
    g_loss = bce(D(fake), torch.ones(6, 1))  #+
    g_loss.backward()  #!
    og.step()  #!
result = [*G.parameters(), *D.parameters()]
