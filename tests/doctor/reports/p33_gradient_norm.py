"""A penalty on the gradient's norm through backward(create_graph=True)."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
x, y = torch.randn(8, 3), torch.randn(8, 1)
for step in range(12):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward(create_graph=True)  #-!
    norm = sum(p.grad.pow(2).sum() for p in net.parameters())  #-!
    grads = torch.autograd.grad(loss, list(net.parameters()), create_graph=True)  #+
    norm = sum(g.pow(2).sum() for g in grads)  #+
    (0.1 * norm).backward()  #!
    opt.step()  #!
result = net
