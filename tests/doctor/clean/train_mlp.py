"""The plain loop."""

import minitorch as torch
from minitorch import nn, optim
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:400] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:400])
train = DataLoader(TensorDataset(X[:300], y[:300]), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
for epoch in range(2):
    model.train()
    for data, target in train:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(data), target)
        loss.backward()
        optimizer.step()
    scheduler.step()
    model.eval()
    with torch.no_grad():
        accuracy = (model(X[300:]).argmax(1) == y[300:]).float().mean().item()
