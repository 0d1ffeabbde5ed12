"""The parentheses are missing."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(60, 4)
y = (x.sum(1) > 0).float()
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
criterion = nn.BCEWithLogitsLoss()


def step(batch, labels):
    optimizer.zero_grad  #-!
    optimizer.zero_grad()  #+
    logits = model(batch).squeeze(1)
    loss = criterion(logits, labels)
    loss.backward()  #!
    optimizer.step()  #!
    return loss.item()


losses = [step(x[i : i + 10], y[i : i + 10]) for i in range(0, 60, 10)]
result = model
