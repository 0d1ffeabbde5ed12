"""Both players accumulate two micro-batches; each is cleared just before its own."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
G, D = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
og, od = torch.optim.SGD(G.parameters(), 0.05), torch.optim.SGD(D.parameters(), 0.05)
bce = nn.functional.binary_cross_entropy_with_logits
real = torch.randn(64, 2) + 1
for step in range(4):
    od.zero_grad()
    for micro in real[step * 16 : step * 16 + 16].split(8):
        fake = G(torch.randn(8, 2)).detach()
        ((bce(D(micro), torch.ones(8, 1)) + bce(D(fake), torch.zeros(8, 1))) / 2).backward()
    od.step()
    og.zero_grad()
    for _ in range(2):
        (bce(D(G(torch.randn(8, 2))), torch.ones(8, 1)) / 2).backward()
    og.step()
