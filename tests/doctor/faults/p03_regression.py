"""Gradients filled with zeros: momentum and decay still move the weights, a little."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(3)
x = torch.linspace(-1, 1, 64).reshape(-1, 1)
y = torch.sin(3 * x) + 0.1 * torch.randn(64, 1)
net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
for epoch in range(10):
    optimizer.zero_grad(set_to_none=False)  #+
    pred = net(x)
    loss = nn.MSELoss()(pred, y)
    loss.backward()  #!
    optimizer.zero_grad(set_to_none=False)  #-!
    optimizer.step()  #!
    if epoch % 5 == 0:
        lr = optimizer.param_groups[0]["lr"]
result = net
