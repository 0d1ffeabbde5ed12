import minitorch as torch
from minitorch import nn, optim

model = nn.ModuleList([nn.Linear(4, 8), nn.Linear(8, 2)])
optimizer = optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(20, 4), torch.randint(0, 2, (20,))
saliency = []
for step in range(3):
    hidden = torch.relu(model[0](x))  #!
    hidden.retain_grad()  #+
    loss = nn.functional.cross_entropy(model[1](hidden), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    g = hidden.grad  #-!
    g = hidden.grad  #+
    saliency.append(0.0 if g is None else float(g.abs().mean()))
result = saliency
