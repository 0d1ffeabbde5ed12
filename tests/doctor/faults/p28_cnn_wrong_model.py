import minitorch as torch
from minitorch import nn, optim


def make_model():
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))


def fit(model, optimizer, x, y):
    for _ in range(6):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()  #!


model = make_model()
optimizer = optim.SGD(make_model().parameters(), lr=0.1)  #-!
optimizer = optim.SGD(model.parameters(), lr=0.1)  #+
fit(model, optimizer, torch.randn(12, 1, 6, 6), torch.randint(0, 2, (12,)))
result = model
