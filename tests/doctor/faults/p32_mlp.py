import minitorch as torch
from minitorch import nn, optim

X, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
opt = optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    opt.zero_grad()
    loss1 = nn.functional.cross_entropy(model(X), y)
    loss2 = 1e-2 * sum(p.pow(2).sum() for p in model.parameters())
    loss1.backward(retain_graph=True)  #-!
    loss = loss1 + loss2
    loss.backward()  #!
    opt.step()
result = model
