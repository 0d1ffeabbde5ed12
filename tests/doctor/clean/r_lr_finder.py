"""A learning rate finder on the model itself, which is put back afterwards, with the optimizer; then training."""
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(model.parameters(), lr=1e-5, momentum=0.9)
x, y = torch.randn(16, 4), torch.randint(0, 2, (16,))


def find_lr(lo=1e-5, hi=10.0, n=10):
    saved, opt_saved = copy.deepcopy(model.state_dict()), copy.deepcopy(opt.state_dict())
    curve, lr = [], lo
    for _ in range(n):
        for g in opt.param_groups:
            g["lr"] = lr
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        curve.append((lr, loss.item()))
        loss.backward()
        opt.step()
        lr *= (hi / lo) ** (1 / n)
    model.load_state_dict(saved)
    opt.load_state_dict(opt_saved)
    return min(curve, key=lambda c: c[1])[0] / 10


best = find_lr()
for g in opt.param_groups:
    g["lr"] = best
for _ in range(5):
    opt.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    opt.step()
