"""The epoch ends early, at the end of a window; and training stops at a number of steps."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset

DECLARED = dict(accumulate=3)

torch.manual_seed(0)
x = torch.randn(160, 4)
ds = TensorDataset(x, x.sum(1, keepdim=True))
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(3):
    for i, (xb, yb) in enumerate(DataLoader(ds, batch_size=10, shuffle=True)):
        (nn.functional.mse_loss(net(xb), yb) / 3).backward()
        if (i + 1) % 3 == 0:
            opt.step()
            opt.zero_grad()
            if i >= 8:
                break
