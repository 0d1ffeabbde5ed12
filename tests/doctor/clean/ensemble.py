"""Several models and optimizers in lists, trained in one loop; then folds, each with a new model and optimizer."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(80, 4)
y = x.sum(1, keepdim=True)
models = [nn.Linear(4, 1) for _ in range(3)]
optimizers = [torch.optim.SGD(m.parameters(), lr=0.05) for m in models]
for i in range(0, 80, 20):
    for m, o in zip(models, optimizers):
        o.zero_grad()
        nn.functional.mse_loss(m(x[i : i + 20]), y[i : i + 20]).backward()
        o.step()


def run_fold(k):
    net = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1))
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    keep = torch.arange(80) % 4 != k
    for i in range(0, 60, 15):
        opt.zero_grad()
        nn.functional.mse_loss(net(x[keep][i : i + 15]), y[keep][i : i + 15]).backward()
        opt.step()
    with torch.no_grad():
        return nn.functional.mse_loss(net(x[~keep]), y[~keep]).item()


scores = [run_fold(k) for k in range(4)]
