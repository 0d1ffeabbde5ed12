"""Norms frozen in eval() while the rest trains, modes put back one by one, an adversarial example made in eval()."""

import minitorch as torch
from minitorch import nn, optim

model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2))
opt = optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    model.train()
    model[1].eval()
    x, y = torch.randn(12, 4), torch.randint(0, 2, (12,))
    modes = {m: m.training for m in model.modules()}
    model.eval()
    probe = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(nn.functional.cross_entropy(model(probe), y), probe)
    for m, mode in modes.items():
        m.training = mode
    opt.zero_grad()
    nn.functional.cross_entropy(model(x + 0.1 * g.sign()), y).backward()
    opt.step()
