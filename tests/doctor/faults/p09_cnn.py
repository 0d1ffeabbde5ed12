"""Clipping takes in a body that nobody clears."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
x = torch.tensor(d.images[:160, None] / 16.0, dtype=torch.float32)
y = torch.tensor(d.target[:160])
backbone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten())
classifier = nn.Linear(144, 10)
model = nn.Sequential(backbone, classifier)
backbone.requires_grad_(False)  #+
optimizer = torch.optim.SGD(classifier.parameters(), lr=0.1)
for i in range(0, 160, 16):
    optimizer.zero_grad()  #!
    loss = nn.CrossEntropyLoss()(model(x[i : i + 16]), y[i : i + 16])
    loss.backward()  #!
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)  #!
    optimizer.step()
result = model
