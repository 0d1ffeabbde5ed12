"""DP-SGD: each sample's gradient is clipped, they are summed by hand into .grad, with noise."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
C, sigma = 1.0, 0.5
for it in range(3):
    x, y = torch.randn(5, 4), torch.randint(0, 2, (5,))
    summed = [torch.zeros_like(p) for p in model.parameters()]
    for i in range(len(x)):
        opt.zero_grad()
        nn.functional.cross_entropy(model(x[i : i + 1]), y[i : i + 1]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), C)
        for s, p in zip(summed, model.parameters()):
            s += p.grad
    for s, p in zip(summed, model.parameters()):
        p.grad = (s + sigma * C * torch.randn_like(s)) / len(x)
    opt.step()
