import minitorch as torch
from minitorch import nn


def train(model, data, steps):
    opt = torch.optim.SGD(model.parameters(), lr=0.05)
    losses = []
    for _ in range(steps):
        opt.zero_grad()
        total = 0.0
        for x, t in data:
            total += ((model(x) - t) ** 2).mean().item()  #-!
            total = total + ((model(x) - t) ** 2).mean()  #+
        loss = torch.tensor(total, requires_grad=True)  #-!
        loss = total  #+
        loss.backward()  #!
        opt.step()
        losses.append(float(loss))
    return losses


data = [(torch.randn(8, 2), torch.randn(8, 1)) for _ in range(3)]
model = nn.Linear(2, 1)
train(model, data, 5)
result = model
