"""Loss scaling by hand in the manner of a GradScaler: scaled loss, unscaled gradients, steps skipped at infinities."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Scaler:
    def __init__(self):
        self.scale, self.good = 1024.0, 0

    def step(self, opt):
        ps = [p for g in opt.param_groups for p in g["params"] if p.grad is not None]
        for p in ps:
            p.grad.div_(self.scale)
        if all(torch.isfinite(p.grad).all() for p in ps):
            opt.step()
            self.good += 1
            if self.good % 4 == 0:
                self.scale *= 2
        else:
            self.scale /= 2


model, scaler = nn.Linear(4, 1), Scaler()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for i in range(10):
    x = torch.randn(6, 4)
    if i == 4:
        x = x * float("inf")
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), torch.randn(6, 1))
    (loss * scaler.scale).backward()
    scaler.step(opt)
