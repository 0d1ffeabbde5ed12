"""A validation every so many steps, between windows and once inside of one."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

DECLARED = dict(accumulate=2)

d = load_digits()
X, y = torch.tensor(d.data[:320] / 16.0, dtype=torch.float32), torch.tensor(d.target[:320])
train, val = DataLoader(TensorDataset(X[:256], y[:256]), batch_size=16), DataLoader(TensorDataset(X[256:], y[256:]), batch_size=32)
model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 10))
opt = torch.optim.AdamW(model.parameters())


@torch.no_grad()
def validate():
    was = model.training
    model.eval()
    total = 0.0
    for xb, yb in val:
        total += nn.functional.cross_entropy(model(xb), yb, reduction="sum").item()
    model.train(was)
    return total / 64


for epoch in range(2):
    for i, (xb, yb) in enumerate(train):
        (nn.functional.cross_entropy(model(xb), yb) / 2).backward()
        if i in (4, 7):
            validate()
        if i % 2:
            opt.step()
            opt.zero_grad(set_to_none=True)
