"""MAML: inner steps by hand, through func.functional_call; outer Adam."""
import minitorch as torch
from minitorch import nn
from minitorch.func import functional_call

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1))
meta = torch.optim.Adam(net.parameters(), lr=1e-2)


def inner(params, x, y, lr=0.1, steps=2):
    for _ in range(steps):
        loss = nn.functional.mse_loss(functional_call(net, params, (x,)), y)
        grads = torch.autograd.grad(loss, list(params.values()), create_graph=True)
        params = {k: p - lr * g for (k, p), g in zip(params.items(), grads)}
    return params


for it in range(5):
    meta.zero_grad()
    outer = 0.0
    for task in range(3):
        a = torch.rand(1) * 3
        x, xq = torch.rand(5, 1), torch.rand(5, 1)
        fast = inner(dict(net.named_parameters()), x, a * torch.sin(x))
        outer = outer + nn.functional.mse_loss(functional_call(net, fast, (xq,)), a * torch.sin(xq))
    (outer / 3).backward()
    meta.step()
