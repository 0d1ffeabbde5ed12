"""The learning rate starts at exactly 0."""

import minitorch as torch
from minitorch import nn, optim

model = nn.Linear(3, 1)
opt = optim.Adam(model.parameters(), lr=0.01)
schedule = optim.lr_scheduler.LambdaLR(opt, lambda step: min(1.0, step / 5))
for _ in range(10):
    opt.zero_grad()
    model(torch.randn(6, 3)).pow(2).mean().backward()
    opt.step()
    schedule.step()
