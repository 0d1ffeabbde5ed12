"""The mean over a mask, written by hand; lengths differ."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(12, 10, 4)
target = x.sum(-1)
lengths = torch.tensor([10, 2, 9, 3] * 3)
mask = (torch.arange(10)[None, :] < lengths[:, None]).float()
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
gradient_accumulation_steps = 2
for step in range(12):
    per_token = (net(x[step]).squeeze(-1) - target[step]) ** 2
    loss = (per_token * mask[step]).sum() / mask[step].sum() / gradient_accumulation_steps  #-
    loss = (per_token * mask[step]).sum() / mask[step // 2 * 2 : step // 2 * 2 + 2].sum()  #+
    loss.backward()  #!
    if (step + 1) % gradient_accumulation_steps == 0:
        optimizer.step()  #!
        optimizer.zero_grad()
result = net
