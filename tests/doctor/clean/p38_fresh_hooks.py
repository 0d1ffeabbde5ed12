"""Hooks on activations, which are new each time; handles that are removed; a hook that is set again after removal."""

import minitorch as torch
from minitorch import nn, optim

model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
opt = optim.SGD(model.parameters(), lr=0.1)
norms = []
for layer in model:
    layer.register_forward_hook(lambda m, i, o: norms.append(float(o.detach().norm())))
for _ in range(6):
    handle = model[0].register_forward_hook(lambda m, i, o: None)
    h = model[0](torch.randn(8, 4))
    handle.remove()
    h.register_hook(lambda g: g.clamp(-1, 1))
    opt.zero_grad()
    nn.functional.cross_entropy(model[2](model[1](h)), torch.randint(0, 2, (8,))).backward()
    opt.step()
