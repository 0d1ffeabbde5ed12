import minitorch as torch
from minitorch import nn, optim

x, y = torch.randn(24, 4), torch.randint(0, 2, (24,))
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = optim.SGD(model.parameters(), lr=0.1)
model[0].weight.register_hook(lambda g: g * 0.5)  #+
for step in range(6):
    optimizer.zero_grad()
    model[0].weight.register_hook(lambda g: g * 0.5)  #-!
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
result = model
