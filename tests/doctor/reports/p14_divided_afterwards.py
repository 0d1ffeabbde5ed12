"""Divided for the log, after the backward pass."""
# also: P13
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Trainer:
    def __init__(self, model, lr=0.05, accum=2):
        self.model, self.accum = model, accum
        self.opt = torch.optim.SGD(model.parameters(), lr=lr)
        self.running = 0.0

    def step(self, i, batch):
        x, y = batch
        loss = nn.functional.cross_entropy(self.model(x), y)
        loss = loss / self.accum  #+
        loss.backward()  #!
        loss = loss / self.accum  #-!
        self.running += loss.item()
        if i % self.accum == self.accum - 1:
            self.opt.step()  #!
            self.opt.zero_grad()

    def fit(self, data, epochs):
        for _ in range(epochs):
            for i, batch in enumerate(data):
                self.step(i, batch)


data = [(torch.randn(6, 4), torch.randint(0, 3, (6,))) for _ in range(6)]
t = Trainer(nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3)))
t.fit(data, 2)
result = t.model
