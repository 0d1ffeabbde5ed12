"""PGD in eval mode, with autograd.grad; the training step in train mode."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
X, y = torch.tensor(d.data[:192] / 16.0, dtype=torch.float32), torch.tensor(d.target[:192])
model = nn.Sequential(nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1)


def pgd(x, y, steps=3):
    model.eval()
    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(x + delta), y)
        (g,) = torch.autograd.grad(loss, delta)
        delta = (delta.detach() + 0.02 * g.sign()).clamp(-0.1, 0.1).requires_grad_(True)
    model.train()
    return (x + delta).detach()


for i in range(0, 192, 32):
    adversarial = pgd(X[i : i + 32], y[i : i + 32])
    opt.zero_grad()
    nn.functional.cross_entropy(model(adversarial), y[i : i + 32]).backward()
    opt.step()
