"""Free adversarial training and PGD; the attack takes its gradient by autograd.grad, in eval mode."""
import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 10), nn.BatchNorm1d(10), nn.ReLU(), nn.Linear(10, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def pgd(x, y, eps=0.3, n=3):
    model.eval()
    delta = torch.zeros_like(x).uniform_(-eps, eps).requires_grad_()
    for _ in range(n):
        g = torch.autograd.grad(F.cross_entropy(model(x + delta), y), delta)[0]
        delta = (delta + 0.1 * g.sign()).clamp(-eps, eps).detach().requires_grad_()
    model.train()
    return (x + delta).detach()


for _ in range(4):
    x, y = torch.randn(8, 6), torch.randint(0, 2, (8,))
    adv = pgd(x, y)
    opt.zero_grad()
    F.cross_entropy(model(torch.cat([x, adv])), torch.cat([y, y])).backward()
    opt.step()
delta = torch.zeros(8, 6, requires_grad=True)
for _ in range(6):
    opt.zero_grad()
    F.cross_entropy(model(x + delta), y).backward()
    with torch.no_grad():
        delta += 0.1 * delta.grad.sign()
        delta.clamp_(-0.3, 0.3)
        delta.grad.zero_()
    opt.step()
