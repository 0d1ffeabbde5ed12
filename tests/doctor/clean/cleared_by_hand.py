"""Cleared by hand for an optimizer: zero_() where there is a gradient."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
X, y = torch.tensor(d.data[:256] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256])
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1)


def clear_gradients(module):
    for p in module.parameters():
        if p.grad is not None:
            p.grad.detach_()
            p.grad.zero_()


for i in range(0, 256, 32):
    clear_gradients(model)
    nn.functional.cross_entropy(model(X[i : i + 32]), y[i : i + 32]).backward()
    opt.step()
