"""A loop in a generator, the batch drawn at random, zero_grad in between forward and backward."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.linspace(-2, 2, 128)[:, None]
y = torch.sin(2 * x)


def train(net, opt, steps):
    for n in range(steps):
        rows = torch.randint(0, 128, (16,))
        loss = nn.functional.mse_loss(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
        yield n, loss.item()


net = nn.Sequential(nn.Linear(1, 12), nn.GELU(), nn.Linear(12, 1))
for n, value in train(net, torch.optim.Adam(net.parameters(), lr=0.01), 10):
    pass
