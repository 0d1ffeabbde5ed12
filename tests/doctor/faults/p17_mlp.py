"""The last micro-batches of an epoch leak into the next one."""

import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:352] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:352])
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
accum, n = 4, 11
for epoch in range(3):
    for i in range(n):
        size = min(accum, n - i // accum * accum)  #+
        loss = criterion(model(X[i * 32 : i * 32 + 32]), y[i * 32 : i * 32 + 32])
        (loss / accum).backward()  #-!
        (loss / size).backward()  #+
        if (i + 1) % accum == 0:  #-!
            optimizer.step()  #-!
            optimizer.zero_grad()  #-
        if (i + 1) % accum == 0 or i + 1 == n:  #+
            optimizer.step()  #+
            optimizer.zero_grad()  #+
result = model
