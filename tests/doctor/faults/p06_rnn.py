"""An update helper and its caller both step."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x, y = torch.randn(32, 5, 3), torch.randn(32, 1)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 6, batch_first=True)
        self.out = nn.Linear(6, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[1][-1])


def update(optimizer, loss, max_norm=1.0):
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], max_norm)
    optimizer.step()  #!


m = Model()
opt = torch.optim.SGD(m.parameters(), lr=0.05)
for i in range(0, 32, 4):
    loss = (m(x[i : i + 4]) - y[i : i + 4]).square().mean()
    update(opt, loss)
    opt.step()  #-!
result = m
