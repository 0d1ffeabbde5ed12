"""A frozen body whose gradients were dropped, unfrozen later; averages of the weights are written by hand."""

import copy

import minitorch as torch
from minitorch import nn, optim

body, head = nn.Linear(4, 8), nn.Linear(8, 2)
average = copy.deepcopy(body).requires_grad_(False)
opt = optim.SGD([*body.parameters(), *head.parameters()], lr=0.1, momentum=0.9)
for step in range(9):
    body.requires_grad_(not 2 < step < 6)
    opt.zero_grad()
    nn.functional.cross_entropy(head(body(torch.randn(8, 4)).relu()), torch.randint(0, 2, (8,))).backward()
    opt.step()
    with torch.no_grad():
        for a, p in zip(average.parameters(), body.parameters()):
            a.mul_(0.9).add_(p, alpha=0.1)
