"""Clearing by hand: ``.grad`` is None at first."""

import minitorch as torch

X = torch.linspace(-1, 1, 20)
y = 2 * X + 1
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
result = 0.0
for i in range(6):
    w.grad.zero_()  #-!
    b.grad.zero_()  #-
    w.grad = b.grad = None  #+
    loss = ((X * w + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    result = loss.item()
