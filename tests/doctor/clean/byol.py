"""Stop-gradients: an online and a target network, and a straight-through rounding."""

import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(64, 6)
online, predictor = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4)), nn.Linear(4, 4)
target = copy.deepcopy(online)
opt = torch.optim.SGD([*online.parameters(), *predictor.parameters()], lr=0.05)
for i in range(0, 64, 8):
    a, b = x[i : i + 8] + 0.1 * torch.randn(8, 6), x[i : i + 8] + 0.1 * torch.randn(8, 6)
    p = predictor(online(a))
    z = target(b).detach()
    soft = torch.sigmoid(p)
    hard = soft + (soft.round() - soft).detach()
    loss = 2 - 2 * nn.functional.cosine_similarity(p, z, dim=-1).mean() + 0.01 * hard.mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for t, o in zip(target.parameters(), online.parameters()):
            t.copy_(0.99 * t + 0.01 * o)
