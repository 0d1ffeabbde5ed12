"""A second step, left over from when the warm-up stepped by itself."""

import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:320] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:320])
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.05)
scheduler = optim.lr_scheduler.StepLR(optimizer, 4, 0.5)

for step in range(10):
    xb, yb = X[step * 32 : step * 32 + 32], y[step * 32 : step * 32 + 32]
    loss = nn.functional.cross_entropy(model(xb), yb)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  #!
    if step % 2 == 0:
        optimizer.step()  #-!
        scheduler.step()
result = model
