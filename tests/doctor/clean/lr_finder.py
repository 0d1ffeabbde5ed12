"""The rate grows with every batch; then weights and optimizer are put back."""

import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(160, 4)
y = x.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=1e-5)
before, state = copy.deepcopy(net.state_dict()), copy.deepcopy(opt.state_dict())
finder = torch.optim.lr_scheduler.LambdaLR(opt, lambda n: 10 ** (n / 4))
curve = []
for i in range(0, 160, 10):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x[i : i + 10]), y[i : i + 10])
    curve.append((opt.param_groups[0]["lr"], loss.item()))
    loss.backward()
    opt.step()
    finder.step()
net.load_state_dict(before)
opt.load_state_dict(state)
opt.param_groups[0]["lr"] = 0.05
for i in range(0, 160, 40):
    opt.zero_grad()
    nn.functional.mse_loss(net(x[i : i + 40]), y[i : i + 40]).backward()
    opt.step()
