"""Cells run again: the optimizer is made anew for a model that is trained already, with gradients of the last fit in it."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 1))
X = torch.randn(24, 3)
Y = X.prod(1, keepdim=True)


def fit(epochs, lr, opt_class=torch.optim.SGD):
    opt = opt_class(model.parameters(), lr=lr)
    opt.zero_grad()
    for _ in range(epochs):
        for xb, yb in zip(X.split(8), Y.split(8)):
            nn.functional.mse_loss(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()
    return nn.functional.mse_loss(model(X), Y).item()


fit(1, 0.1)
fit(2, 0.01)
fit(2, 1e-3, torch.optim.Adam)
model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
fit(2, 0.1)
