"""The body is trained later; until then its gradients pile up, and the first step takes them all."""

import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:384] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:384])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 32), nn.ReLU())
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        return self.head(self.body(x))


net = Net()
opt = optim.SGD(net.head.parameters(), lr=0.05)
for i in range(12):
    if i == 8:
        net.zero_grad()  #+
        opt.add_param_group({"params": net.body.parameters()})  #!
    loss = nn.functional.cross_entropy(net(X[i * 32 : i * 32 + 32]), y[i * 32 : i * 32 + 32])
    loss.backward()  #!
    opt.step()  #!
    opt.zero_grad()  #!
result = net
