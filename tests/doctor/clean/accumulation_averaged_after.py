"""The gradients, not the loss, are divided; once by hand and once by a hook-free loop over groups."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

DECLARED = dict(accumulate=3)

d = load_digits()
X, y = torch.tensor(d.data[:288] / 16.0, dtype=torch.float32), torch.tensor(d.target[:288])
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(9):
    loss = nn.functional.cross_entropy(model(X[i * 32 : i * 32 + 32]), y[i * 32 : i * 32 + 32])
    loss.backward()
    if i % 3 == 2:
        for group in opt.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad.div_(3)
        opt.step()
        opt.zero_grad()
