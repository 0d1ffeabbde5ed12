import minitorch as torch
from minitorch import nn


class AverageMeter:
    def __init__(self):
        self.avg, self.beta = None, 0.9

    def update(self, value):
        if self.avg is None:
            self.avg = value
        else:
            self.avg = self.beta * self.avg + (1 - self.beta) * value  #!


model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
meter = AverageMeter()
for step in range(12):
    x = torch.randn(16, 3)
    loss = ((model(x) - x.sum(1, keepdim=True)) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    meter.update(loss)  #-!
    meter.update(loss.item())  #+
result = [float(hasattr(meter.avg, "grad_fn"))]
