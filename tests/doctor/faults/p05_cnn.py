"""The indentation of the step is one level short; what was meant is declared."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

DECLARED = dict(accumulate=4)

d = load_digits()
x = torch.tensor(d.images[:128, None] / 16.0, dtype=torch.float32)
t = torch.tensor(d.target[:128])
f = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(36, 10))
sgd = torch.optim.SGD(f.parameters(), lr=0.2, momentum=0.5)
K = 4
for epoch in range(2):
    for i in range(0, 128, 32):
        for j in range(i, i + 32, 8):
            (nn.functional.cross_entropy(f(x[j : j + 8]), t[j : j + 8]) / K).backward()  #!
            sgd.step()  #-!
            sgd.zero_grad()  #-
        sgd.step()  #+
        sgd.zero_grad()  #+
result = f
