"""Reptile: an inner optimizer on a deep copy, thrown away; the outer step by interpolation."""
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
for outer in range(4):
    fast = copy.deepcopy(model)
    opt = torch.optim.SGD(fast.parameters(), lr=0.05)
    phase = torch.rand(1)
    for _ in range(4):
        x = torch.rand(6, 1)
        opt.zero_grad()
        nn.functional.mse_loss(fast(x), torch.sin(x + phase)).backward()
        opt.step()
    with torch.no_grad():
        for p, q in zip(model.parameters(), fast.parameters()):
            p.lerp_(q, 0.3)
