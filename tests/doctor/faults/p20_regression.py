"""A schedule of a fixed number of updates that runs out after a quarter of them."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(1)
x = torch.randn(128, 5)
y = x @ torch.randn(5, 1)
net = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.AdamW(net.parameters(), lr=0.05)
warmup_cosine = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=8)


class Engine:
    def __init__(self, parts):
        self.parts = parts

    def micro(self, xb, yb):
        loss = nn.functional.mse_loss(net(xb), yb) / self.parts
        loss.backward()
        warmup_cosine.step()  #-!

    def update(self):
        opt.step()  #!
        warmup_cosine.step()  #+
        opt.zero_grad()


engine = Engine(4)
for k in range(0, 128, 16):
    for j in range(k, k + 16, 4):
        engine.micro(x[j : j + 4], y[j : j + 4])
    engine.update()
result = net
