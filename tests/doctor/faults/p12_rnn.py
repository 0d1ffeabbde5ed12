"""The closure's helper forgets to clear."""

import minitorch as torch
from minitorch import nn

wave = torch.sin(torch.arange(0, 12, 0.3)).reshape(1, -1, 1)


class Sine(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(1, 5, batch_first=True)
        self.out = nn.Linear(5, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0])


class Fit:
    def __init__(self):
        self.net = Sine()
        self.opt = torch.optim.LBFGS(self.net.parameters(), lr=0.2, max_iter=4)

    def loss(self):
        return nn.functional.mse_loss(self.net(wave[:, :-1]), wave[:, 1:])

    def closure(self):
        self.opt.zero_grad()  #+
        loss = self.loss()
        loss.backward()  #!
        return loss


fit = Fit()
for i in range(3):
    fit.opt.step(fit.closure)  #!
result = fit.net
