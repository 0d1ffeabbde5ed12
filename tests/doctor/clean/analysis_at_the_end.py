"""After training, one more backward pass to look at the gradient; and gradients looked at by their names."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

DECLARED = dict(accumulate=2)

d = load_digits()
X, y = torch.tensor(d.data[:256] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256])
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(8):
    (nn.functional.cross_entropy(model(X[i * 32 : i * 32 + 32]), y[i * 32 : i * 32 + 32]) / 2).backward()
    if i % 2:
        opt.step()
        opt.zero_grad()
nn.functional.cross_entropy(model(X), y).backward()
norms = {name: p.grad.norm().item() for name, p in model.named_parameters()}
