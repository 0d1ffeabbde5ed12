"""A counter that runs on across epochs: windows of four go over their ends."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

DECLARED = dict(accumulate=4)

d = load_digits()
ds = TensorDataset(torch.tensor(d.data[:288] / 16.0, dtype=torch.float32), torch.tensor(d.target[:288]))
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
global_step = 0
for epoch in range(3):
    for data, target in DataLoader(ds, batch_size=32):
        (nn.functional.cross_entropy(model(data), target) / 4).backward()
        global_step += 1
        if global_step % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()
