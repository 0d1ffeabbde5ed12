"""The last window is short, and divided by what it holds."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

DECLARED = dict(accumulate=4)

d = load_digits()
X, y = torch.tensor(d.data[:352] / 16.0, dtype=torch.float32), torch.tensor(d.target[:352])
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
K, n = 4, 11
for epoch in range(3):
    for i in range(n):
        size = min(K, n - i // K * K)
        loss = nn.functional.cross_entropy(model(X[i * 32 : i * 32 + 32]), y[i * 32 : i * 32 + 32])
        (loss / size).backward()
        if (i + 1) % K == 0 or i + 1 == n:
            opt.step()
            opt.zero_grad()
