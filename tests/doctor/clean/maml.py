"""Inner steps by autograd.grad(create_graph=True) on copies; the outer loss is the mean over tasks of equal size."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
w1, b1 = nn.Parameter(torch.randn(1, 8) * 0.5), nn.Parameter(torch.zeros(8))
w2, b2 = nn.Parameter(torch.randn(8, 1) * 0.5), nn.Parameter(torch.zeros(1))
params = [w1, b1, w2, b2]
meta = torch.optim.Adam(params, lr=1e-2)


def net(x, weights):
    return torch.tanh(x @ weights[0] + weights[1]) @ weights[2] + weights[3]


for it in range(3):
    meta.zero_grad()
    for task in range(4):
        phase = torch.rand(1) * 3
        xs, xq = torch.rand(10, 1) * 6, torch.rand(10, 1) * 6
        fast = params
        for _ in range(2):
            inner = nn.functional.mse_loss(net(xs, fast), torch.sin(xs + phase))
            grads = torch.autograd.grad(inner, fast, create_graph=True)
            fast = [w - 0.05 * g for w, g in zip(fast, grads)]
        outer = nn.functional.mse_loss(net(xq, fast), torch.sin(xq + phase))
        (outer / 4).backward()
    meta.step()
