import minitorch as torch
from minitorch import nn, optim


def freeze(module):
    module.requires_grad_(False)  #!
    for p in module.parameters():  #+
        p.grad = None  #+


G = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
D = nn.Sequential(nn.Linear(1, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
opt_g = optim.Adam(G.parameters(), lr=1e-3)
opt_d = optim.AdamW(D.parameters(), lr=1e-3, weight_decay=0.1)
bce = nn.functional.binary_cross_entropy_with_logits
ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)

for it in range(8):
    opt_d.zero_grad()
    fake = G(torch.randn(16, 2))
    d_loss = bce(D(torch.randn(16, 1) + 3), ones) + bce(D(fake.detach()), zeros)
    d_loss.backward()
    if it == 3:
        freeze(D[0])
    opt_d.step()
    opt_g.zero_grad()
    bce(D(fake), ones).backward()
    opt_g.step()
result = [G, D[0].weight]
