import minitorch as torch
from minitorch import nn, optim

model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2), nn.Linear(8, 2))
opt = optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(16, 4), torch.randint(0, 2, (16,))
graphs = 0
for epoch in range(5):
    model.train()
    opt.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    opt.step()
    model.eval()
    out = model(x)  #-!
    with torch.no_grad():  #+
        out = model(x)  #+
    accuracy = (out.argmax(1) == y).float().mean().item()
    graphs += out.requires_grad
result = [float(graphs)]
