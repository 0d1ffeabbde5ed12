"""A Jacobian, row by row: the same result backwards with other seeds, cleared in between."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 4))
x = torch.randn(3, requires_grad=True)
out = net(x)
rows = []
for k in range(4):
    seed = torch.zeros(4)
    seed[k] = 1.0
    x.grad = None
    out.backward(seed, retain_graph=True)
    rows.append(x.grad.clone())
net.zero_grad()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(4):
    opt.zero_grad()
    out = net(x.detach())
    for k in range(4):
        seed = torch.zeros(4)
        seed[k] = 0.25 * out[k].item()
        out.backward(seed, retain_graph=k < 3)
    opt.step()
