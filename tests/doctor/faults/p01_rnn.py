"""An LSTM that continues a sine wave; the training step is a method."""

import minitorch as torch
from minitorch import nn

t = torch.arange(0, 40, 0.2)
wave = torch.sin(t)
inputs = torch.stack([wave[i : i + 12] for i in range(0, 96, 3)]).unsqueeze(-1)
targets = torch.stack([wave[i + 12] for i in range(0, 96, 3)]).unsqueeze(-1)


class Forecaster(nn.Module):
    def __init__(self, hidden=8):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1])


class Learner:
    def __init__(self):
        self.model = Forecaster()
        self.opt = torch.optim.SGD(self.model.parameters(), lr=0.05)
        self.loss_fn = nn.MSELoss()

    def training_step(self, x, y):
        self.model.zero_grad()  #+
        loss = self.loss_fn(self.model(x), y)
        loss.backward()  #!
        self.opt.step()  #!
        return loss.item()


learner = Learner()
history = [learner.training_step(inputs[i : i + 8], targets[i : i + 8]) for _ in range(2) for i in range(0, 32, 8)]
result = learner.model
