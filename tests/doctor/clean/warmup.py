"""A warm-up that begins at a rate of 0; a plateau scheduler; one for each epoch and one for each step."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(120, 4)
y = x.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.AdamW(net.parameters(), lr=0.05)
warm = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: min(1.0, step / 10))
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=0)
for epoch in range(2):
    total = 0.0
    for i in range(0, 120, 10):
        loss = nn.functional.mse_loss(net(x[i : i + 10]), y[i : i + 10])
        opt.zero_grad()
        loss.backward()
        opt.step()
        warm.step()
        total += loss.item()
    plateau.step(total)
