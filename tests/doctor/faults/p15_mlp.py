"""Two classes of rows that come in batches of different sizes."""

import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:200] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:200])
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = optim.SGD(model.parameters(), lr=0.1)
cuts = [0, 40, 48, 90, 96, 130, 136, 190, 200]
parts = [(X[a:b], y[a:b]) for a, b in zip(cuts, cuts[1:])]
for epoch in range(2):
    for pair in zip(parts[::2], parts[1::2]):
        rows = sum(len(labels) for _, labels in pair)
        for data, labels in pair:
            loss = nn.functional.cross_entropy(model(data), labels)
            loss = loss / len(pair)  #-
            loss = loss * len(labels) / rows  #+
            loss.backward()  #!
        optimizer.step()  #!
        optimizer.zero_grad()
result = model
