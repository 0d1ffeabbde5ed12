"""One batch again and again, to see whether the model can learn at all; backward() without a step, to look at shapes."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x, y = torch.randn(16, 4), torch.randint(0, 3, (16,))
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
nn.functional.cross_entropy(net(x), y).backward()
shapes = {n: p.grad.shape for n, p in net.named_parameters()}
opt = torch.optim.Adam(net.parameters(), lr=0.01)
opt.zero_grad()
for step in range(12):
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    opt.zero_grad()
