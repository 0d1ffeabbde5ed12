"""A frozen body in eval mode, a head that trains."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
x, y = torch.tensor(d.images[:192, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:192])


class Transfer(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten())
        self.head = nn.Linear(36, 10)
        self.body.requires_grad_(False)

    def train(self, mode=True):
        super().train(mode)
        self.body.eval()
        return self

    def forward(self, x):
        return self.head(self.body(x))


net = Transfer()
opt = torch.optim.SGD(filter(lambda p: p.requires_grad, net.parameters()), lr=0.1)
for epoch in range(2):
    net.train()
    for i in range(0, 192, 48):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[i : i + 48]), y[i : i + 48]).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        net(x[:16]).argmax(1)
