"""Weighted by rows, with a ragged last batch: sums divided by what the window holds."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_iris

iris = load_iris()
ds = TensorDataset(torch.tensor(iris.data, dtype=torch.float32), torch.tensor(iris.target))
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
opt = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(3):
    batches = list(DataLoader(ds, batch_size=32, shuffle=True))
    for start in range(0, len(batches), 2):
        window = batches[start : start + 2]
        rows = sum(len(y) for _, y in window)
        opt.zero_grad()
        for x, y in window:
            loss = criterion(model(x), y)
            (loss * (len(y) / rows)).backward()
        opt.step()
