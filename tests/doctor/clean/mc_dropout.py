"""Monte Carlo dropout: the dropout layers alone are in train mode, or F.dropout drops because it is told to."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(64, 4)
y = x.sum(1, keepdim=True)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.drop, self.b = nn.Linear(4, 16), nn.Dropout(0.2), nn.Linear(16, 1)

    def forward(self, x):
        return self.b(self.drop(torch.relu(self.a(x))))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for i in range(0, 64, 8):
    opt.zero_grad()
    nn.functional.mse_loss(net(x[i : i + 8]), y[i : i + 8]).backward()
    opt.step()
net.eval()
for m in net.modules():
    if isinstance(m, nn.Dropout):
        m.train()
with torch.no_grad():
    draws = torch.stack([net(x) for _ in range(8)])
mean, spread = draws.mean(0), draws.std(0)
