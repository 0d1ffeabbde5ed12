"""Gradients of gradients through autograd.grad; a Hessian product with .grad cleared in time."""

import minitorch as torch
from minitorch import nn, optim

net = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
opt = optim.Adam(net.parameters(), lr=0.01)
ps = list(net.parameters())
for step in range(5):
    x = torch.randn(8, 2, requires_grad=True)
    out = net(x)
    (slope,) = torch.autograd.grad(out.sum(), x, create_graph=True)
    opt.zero_grad()
    (out.pow(2).mean() + 0.1 * (slope.norm(dim=1) - 1).pow(2).mean()).backward()
    opt.step()
    if step == 3:
        opt.zero_grad()
        net(x).pow(2).mean().backward(create_graph=True)
        product = torch.autograd.grad(sum(p.grad.sum() for p in ps), ps)
        opt.zero_grad()
