"""Fine-tuning in eval mode from the first step on: no dropout, by choice."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(64, 4)
net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.Linear(8, 1)).eval()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for i in range(0, 64, 8):
    opt.zero_grad()
    nn.functional.mse_loss(net(x[i : i + 8]), x[i : i + 8, :1]).backward()
    opt.step()
