"""A graph that is kept for a second loss on the same trunk, and for penalties on chosen layers."""

import minitorch as torch
from minitorch import nn, optim

trunk, one, two = nn.Linear(4, 6), nn.Linear(6, 2), nn.Linear(6, 1)
opt = optim.SGD([*trunk.parameters(), *one.parameters(), *two.parameters()], lr=0.05)
for _ in range(6):
    opt.zero_grad()
    h = trunk(torch.randn(8, 4)).relu()
    first = nn.functional.cross_entropy(one(h), torch.randint(0, 2, (8,)))
    second = two(h).pow(2).mean()
    first.backward(retain_graph=True)
    second.backward()
    opt.step()
