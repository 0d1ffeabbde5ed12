"""L-BFGS; several backward passes inside of one evaluation of the closure."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_diabetes

X, y = load_diabetes(return_X_y=True)
X, y = torch.tensor(X[:120] * 20), torch.tensor((y[:120] - 150) / 77)
model = nn.Linear(10, 1).double()
opt = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=5)


def closure():
    opt.zero_grad()
    total = 0.0
    for i in range(0, 120, 40):
        loss = (model(X[i : i + 40]).squeeze(1) - y[i : i + 40]).pow(2).sum() / 120
        loss.backward()
        total += loss.detach()
    return total


for _ in range(5):
    opt.step(closure)
