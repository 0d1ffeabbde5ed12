import minitorch as torch
from minitorch import nn, optim

x, y = torch.randn(16, 4), torch.randint(0, 2, (16,))
model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2))
opt = optim.SGD(model.parameters(), lr=0.05)
params = list(model.parameters())
for _ in range(4):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward(create_graph=True)  #-!
    penalty = sum(p.grad.pow(2).sum() for p in params)  #-!
    grads = torch.autograd.grad(loss, params, create_graph=True)  #+
    penalty = loss + sum(g.pow(2).sum() for g in grads)  #+
    penalty.backward()
    opt.step()
result = [float(sum(p.grad.requires_grad for p in params))]
