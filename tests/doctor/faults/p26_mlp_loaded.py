import minitorch as torch
from minitorch import nn, optim


def make():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


def train(model, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        x = torch.randn(12, 4)
        nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
        optimizer.step()


model = make()
optimizer = optim.SGD(model.parameters(), lr=0.1)  #!
train(model, optimizer, 4)
saved = model.state_dict()
model = make()  #!
model.load_state_dict(saved)
optimizer = optim.SGD(model.parameters(), lr=0.1)  #+
train(model, optimizer, 4)
result = model
