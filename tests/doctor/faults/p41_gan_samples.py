import minitorch as torch
from minitorch import nn, optim

G = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
og, od = optim.Adam(G.parameters(), lr=1e-3), optim.Adam(D.parameters(), lr=1e-3)
bce = nn.functional.binary_cross_entropy_with_logits
one, zero = torch.ones(8, 1), torch.zeros(8, 1)


def sample(n=4):
    G.eval()  #!
    with torch.no_grad():
        pictures = G(torch.randn(n, 3))
    return pictures


for it in range(6):
    G.train()  #+
    fake = G(torch.randn(8, 3))
    od.zero_grad()
    (bce(D(torch.randn(8, 2)), one) + bce(D(fake.detach()), zero)).backward()
    od.step()
    og.zero_grad()
    bce(D(fake), one).backward()
    og.step()
    if it == 2:
        sample()
result = G
