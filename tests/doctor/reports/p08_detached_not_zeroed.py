"""Clearing by hand, with the half of it: the gradients are detached and not zeroed."""
# also: P01
import minitorch as torch
from minitorch import nn

torch.manual_seed(4)


def clear_gradients(parameters):
    for p in parameters:
        if p.grad is not None:
            p.grad.detach_()  #!
            p.grad.zero_()  #+


model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1))
opt = torch.optim.RMSprop(model.parameters(), lr=1e-2)
x = torch.randn(16, 4)
y = torch.sin(x.sum(1, keepdim=True))
for step in range(12):
    clear_gradients(model.parameters())
    err = model(x) - y
    loss = 0.5 * (err * err).mean()
    loss.backward()  #!
    opt.step()  #!
result = model
