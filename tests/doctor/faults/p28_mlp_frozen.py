import minitorch as torch
from minitorch import nn, optim

x, y = torch.randn(30, 6), torch.randint(0, 3, (30,))
model = nn.Sequential(nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 3))
for p in model.parameters():
    p.requires_grad = False  #-!
    p.requires_grad = True  #+
scale = torch.ones(1, requires_grad=True)
optimizer = optim.SGD(model.parameters(), lr=0.1)
for _ in range(6):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x) * scale, y)
    loss.backward()
    optimizer.step()
result = model
