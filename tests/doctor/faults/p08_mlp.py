"""Clearing by hand after the optimizer has set ``.grad`` to None."""

import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:128] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:128])
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = optim.SGD(model.parameters(), lr=0.1)


def clear(module):
    for p in module.parameters():
        p.grad.data.fill_(0)  #-!
        if p.grad is not None:  #+
            p.grad.data.fill_(0)  #+


result = 0.0
for i in range(0, 128, 32):
    clear(model)
    loss = nn.functional.cross_entropy(model(X[i : i + 32]), y[i : i + 32])
    loss.backward()
    optimizer.step()
    result = loss.item()
