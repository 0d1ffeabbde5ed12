"""Two optimizers, and the head belongs to both."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
x, y = torch.tensor(d.images[:128, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:128])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Conv2d(1, 4, 3, stride=2)
        self.head = nn.Linear(36, 10)

    def forward(self, x):
        return self.head(torch.relu(self.features(x)).flatten(1))


net = Net()
slow = torch.optim.SGD(net.parameters(), lr=0.01)  #-!
slow = torch.optim.SGD(net.features.parameters(), lr=0.01)  #+
fast = torch.optim.SGD(net.head.parameters(), lr=0.1)  #!
for epoch in range(2):
    for i in range(0, 128, 32):
        slow.zero_grad()
        fast.zero_grad()
        loss = nn.functional.cross_entropy(net(x[i : i + 32]), y[i : i + 32])
        loss.backward()
        slow.step()  #!
        fast.step()  #!
result = net
