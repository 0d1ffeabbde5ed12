"""One backward pass, two optimizers at different rates."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
X, y = torch.tensor(d.data[:256] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256])
backbone, head = nn.Sequential(nn.Linear(64, 16), nn.ReLU()), nn.Linear(16, 10)
slow, fast = torch.optim.SGD(backbone.parameters(), lr=1e-3), torch.optim.Adam(head.parameters(), lr=1e-2)
for i in range(0, 256, 32):
    slow.zero_grad()
    fast.zero_grad()
    nn.functional.cross_entropy(head(backbone(X[i : i + 32])), y[i : i + 32]).backward()
    slow.step()
    fast.step()
