"""The condition around the step is missing."""

import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:256] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:256])
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
gradient_accumulation_steps = 4

model.zero_grad()
for i, start in enumerate(range(0, 256, 16)):
    loss = criterion(model(X[start : start + 16]), y[start : start + 16])
    loss = loss / gradient_accumulation_steps
    loss.backward()  #!
    if (i + 1) % gradient_accumulation_steps == 0:  #+
        optimizer.step()  #+
        optimizer.zero_grad()  #+
    optimizer.step()  #-!
    optimizer.zero_grad()  #-
result = model
