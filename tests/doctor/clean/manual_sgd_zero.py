"""The same with ``.data``, filled with zeros by an assignment to a slice, by zero_() and by NumPy."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
X = torch.randn(60, 3)
y = X.sum(1)
w, b = torch.randn(3, requires_grad=True), torch.zeros(1, requires_grad=True)
for t in range(12):
    loss = (X.mv(w) + b - y).pow(2).mean()
    if t > 0:
        w.grad[:] = 0
        b.grad.data.zero_()
    loss.backward()
    w.data -= 0.1 * w.grad
    b.data.sub_(0.1 * b.grad)
net = nn.Linear(3, 1)
for t in range(8):
    net(X).squeeze(1).sub(y).square().mean().backward()
    for p in net.parameters():
        p.data.add_(p.grad, alpha=-0.1)
        p.grad.numpy()[...] = 0
