"""A class whose ``should_step`` is never asked."""

import minitorch as torch
from minitorch import nn


class Accumulator:
    def __init__(self, model, every):
        self.model, self.every, self.count = model, every, 0
        self.opt = torch.optim.SGD(model.parameters(), lr=0.05)

    def should_step(self):
        return self.count % self.every == 0

    def __call__(self, x, y):
        loss = nn.functional.mse_loss(self.model(x), y)
        self.count += 1
        loss.div(self.every).backward()  #!
        self.apply_accumulated()

    def apply_accumulated(self):
        if not self.should_step():  #+
            return  #+
        self.opt.step()  #!
        self.opt.zero_grad()


DECLARED = dict(accumulate=5)
x = torch.linspace(0, 1, 60).reshape(60, 1)
learn = Accumulator(nn.Linear(1, 1), every=5)
for k in range(0, 60, 4):
    learn(x[k : k + 4], 3 * x[k : k + 4] + 1)
result = learn.model
