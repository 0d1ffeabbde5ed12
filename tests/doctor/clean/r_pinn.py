"""A physics-informed net: second derivatives with create_graph in the loss, collocation points made anew."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
u = nn.Sequential(nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1))
opt = torch.optim.Adam(u.parameters(), lr=1e-2)
bc = torch.tensor([[0.0], [1.0]])
for _ in range(8):
    x = torch.rand(12, 1, requires_grad=True)
    y = u(x)
    dy = torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)[0]
    ddy = torch.autograd.grad(dy.sum(), x, create_graph=True)[0]
    loss = (ddy + 4 * y).pow(2).mean() + (u(bc) - torch.tensor([[0.0], [1.0]])).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
