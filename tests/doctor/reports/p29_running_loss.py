"""The running loss is summed without item(), through the epoch."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class AverageMeter:
    def __init__(self):
        self.sum, self.count = 0, 0

    def update(self, val, n=1):
        self.sum = self.sum + val * n  #!
        self.count += n

    @property
    def avg(self):
        return self.sum / self.count


model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 16, 4))
opt = torch.optim.SGD(model.parameters(), lr=0.01)
losses = AverageMeter()
for i in range(14):
    images, target = torch.randn(4, 1, 6, 6), torch.randint(0, 4, (4,))
    loss = nn.functional.cross_entropy(model(images), target)
    losses.update(loss, images.size(0))  #-!
    losses.update(loss.item(), images.size(0))  #+
    opt.zero_grad()
    loss.backward()
    opt.step()
result = torch.tensor(float(losses.avg.requires_grad if hasattr(losses.avg, "requires_grad") else 2))
