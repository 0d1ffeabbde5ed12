"""Hooks on fresh activations each time; hooks on weights that are removed; a forward hook that is registered once."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(64, 4)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
seen, kept = [], {}
net[0].register_forward_hook(lambda m, i, o: kept.update(out=o.detach()))
for i in range(0, 64, 8):
    hidden = net[1](net[0](x[i : i + 8]))
    hidden.register_hook(lambda g: seen.append(float(g.norm())))
    hidden.retain_grad()
    handle = net[2].weight.register_hook(lambda g: g.clamp(-1, 1))
    loss = (net[2](hidden) - x[i : i + 8, :1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    seen.append(float(hidden.grad.norm()))
    handle.remove()
    opt.step()
