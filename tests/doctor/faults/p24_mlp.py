"""A bad batch is skipped, but counted."""

import math

import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:672] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:672])
X[200, 3] = float("nan")
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.1)
K = 4
applied = 0
for i in range(21):
    loss = nn.functional.cross_entropy(model(X[i * 32 : i * 32 + 32]), y[i * 32 : i * 32 + 32])
    if not math.isfinite(loss.item()):
        continue
    (loss / K).backward()  #!
    applied += 1
    if (i + 1) % K == 0:  #-!
        optimizer.step()  #-!
        optimizer.zero_grad()  #-
    if applied % K == 0:  #+
        optimizer.step()  #+
        optimizer.zero_grad()  #+
result = model
