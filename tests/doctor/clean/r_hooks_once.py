"""A hook on each parameter, one on a layer for its output, and one that scales a gradient by a schedule."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1))
seen, scale = {}, {"value": 1.0}
handles = [p.register_hook(lambda g: g.clamp(-1, 1) * scale["value"]) for p in model.parameters()]
handles.append(model[0].register_forward_hook(lambda m, i, o: seen.update(act=o.detach().mean().item())))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    scale["value"] = 0.5**epoch
    for _ in range(2):
        x = torch.randn(5, 4)
        opt.zero_grad()
        out = model(x)
        out.register_hook(lambda g: seen.update(out=g.abs().max().item()))
        nn.functional.mse_loss(out, x[:, :1]).backward()
        opt.step()
for h in handles:
    h.remove()
