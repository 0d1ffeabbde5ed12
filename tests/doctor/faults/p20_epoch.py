"""The schedule steps at the start of every epoch, as it was done once."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(60, 4)
y = x.sum(1, keepdim=True)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.2)
scheduler = torch.optim.lr_scheduler.StepLR(opt, step_size=1, gamma=0.5)
for epoch in range(3):
    scheduler.step()  #-!
    for i in range(0, 60, 20):
        opt.zero_grad()
        nn.functional.mse_loss(net(x[i : i + 20]), y[i : i + 20]).backward()
        opt.step()
    scheduler.step()  #+
result = net
