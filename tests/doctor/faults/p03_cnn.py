"""An update method that clears first, after the caller's backward()."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

images = load_digits().images[:96]
X = torch.tensor(images[:, None] / 16.0, dtype=torch.float32)


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Conv2d(1, 3, 3, stride=2, padding=1)
        self.decode = nn.ConvTranspose2d(3, 1, 2, stride=2)

    def forward(self, x):
        return self.decode(torch.relu(self.encode(x)))


class Runner:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    def before(self):
        self.optimizer.zero_grad()  #+
        pass

    def update(self):
        self.optimizer.zero_grad()  #-!
        self.optimizer.step()  #!

    def run(self, n):
        for i in range(n):
            self.before()
            x = X[i * 16 : i * 16 + 16]
            loss = nn.functional.mse_loss(self.model(x), x)
            loss.backward()  #!
            self.update()


runner = Runner(AutoEncoder())
runner.run(6)
result = runner.model
