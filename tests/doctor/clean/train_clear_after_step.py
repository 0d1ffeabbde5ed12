"""Clearing after the step, and clipping."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_diabetes

X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X[:160] * 20, dtype=torch.float32)
y = torch.tensor((y[:160] - 150) / 77, dtype=torch.float32)
net = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1))
adam = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(3):
    for xb, yb in zip(X.split(32), y.split(32)):
        loss = nn.functional.smooth_l1_loss(net(xb).squeeze(-1), yb)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        adam.step()
        adam.zero_grad()
