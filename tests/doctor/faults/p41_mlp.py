import minitorch as torch
from minitorch import nn, optim

x, y = torch.randn(40, 6), torch.randint(0, 3, (40,))
xv, yv = torch.randn(20, 6), torch.randint(0, 3, (20,))
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Dropout(0.3), nn.Linear(12, 3))
optimizer = optim.SGD(model.parameters(), lr=0.1)


def validate(model):
    model.eval()  #!
    with torch.no_grad():
        value = nn.functional.cross_entropy(model(xv), yv).item()
    model.train()  #+
    return value


for epoch in range(4):
    for k in range(0, 40, 20):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[k : k + 20]), y[k : k + 20])
        loss.backward()
        optimizer.step()
    validate(model)
result = model
