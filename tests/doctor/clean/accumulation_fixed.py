"""Deliberate accumulation over four micro-batches of equal size."""

import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target)

model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.05)
K = 4

for epoch in range(2):
    optimizer.zero_grad()
    for i, start in enumerate(range(0, 512, 32)):
        loss = criterion(model(X[start : start + 32]), y[start : start + 32]) / K
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()
