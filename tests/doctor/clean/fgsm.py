"""Adversarial training: the attack's gradient is of the input, its leftovers in the weights are cleared."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
X, y = torch.tensor(d.data[:256] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256])
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
ce = nn.CrossEntropyLoss()


def attack(x, y, eps=0.1):
    x = x.clone().detach().requires_grad_(True)
    ce(model(x), y).backward()
    return (x + eps * x.grad.sign()).clamp(0, 1).detach()


for i in range(0, 256, 32):
    bad = attack(X[i : i + 32], y[i : i + 32])
    opt.zero_grad()
    loss = (ce(model(X[i : i + 32]), y[i : i + 32]) + ce(model(bad), y[i : i + 32])) / 2
    loss.backward()
    opt.step()
