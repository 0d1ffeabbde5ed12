"""Divided by the criterion's wrapper and by the loop."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
x, y = torch.tensor(d.images[:192, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:192])
net = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(36, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
ACCUMULATE = 3


def compute_loss(batch, labels):
    return nn.functional.cross_entropy(net(batch), labels) / ACCUMULATE  #!


for epoch in range(2):
    for i, s in enumerate(range(0, 192, 16)):
        loss = compute_loss(x[s : s + 16], y[s : s + 16])
        loss = loss / ACCUMULATE  #-!
        loss.backward()  #!
        if (i + 1) % ACCUMULATE == 0:
            opt.step()
            opt.zero_grad()
result = net
