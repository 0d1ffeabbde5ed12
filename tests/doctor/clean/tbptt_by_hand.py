"""A cell written by hand: the state is a module's attribute, cut with ``.data`` and ``detach_``."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(30, 5, 3)


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.i2h, self.h2o = nn.Linear(3 + 4, 4), nn.Linear(4, 1)
        self.state = torch.zeros(5, 4)

    def forward(self, x):
        self.state = torch.tanh(self.i2h(torch.cat([x, self.state], 1)))
        return self.h2o(self.state)


cell = Cell()
opt = torch.optim.SGD(cell.parameters(), lr=0.05)
for start in range(0, 30, 5):
    cell.state = cell.state.detach()
    loss = 0
    for t in range(start, start + 5):
        loss = loss + nn.functional.mse_loss(cell(x[t]), x[t, :, :1])
    opt.zero_grad()
    loss.backward()
    opt.step()
