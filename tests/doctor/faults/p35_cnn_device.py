import minitorch as torch
from minitorch import nn


def init(*shape):
    return torch.randn(*shape, requires_grad=True) * 0.1  #-!
    return (torch.randn(*shape) * 0.1).requires_grad_()  #+


kernel, weight = init(3, 1, 3, 3), init(12, 1)
x = torch.randn(6, 1, 4, 4)
t = x.mean(dim=(1, 2, 3))[:, None]
for it in range(4):
    out = nn.functional.conv2d(x, kernel).relu().flatten(1) @ weight
    err = (out - t).square().mean()
    err.backward()
    with torch.no_grad():
        for p in (kernel, weight):
            if p.grad is None:  #-!
                continue  #-
            p -= 0.1 * p.grad
            p.grad = None
    if it == 0 and not kernel.is_leaf:
        break
result = [kernel, weight]
