import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_wine

data = load_wine()
X = torch.tensor((data.data - data.data.mean(0)) / data.data.std(0), dtype=torch.float32)
y = torch.tensor(data.target)


class Net(nn.Module):
    def __init__(self, width=16, depth=3):
        super().__init__()
        self.inp = nn.Linear(13, width)
        self.hidden = [nn.Linear(width, width) for _ in range(depth)]  #-!
        self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))  #+
        self.out = nn.Linear(width, 3)

    def forward(self, x):
        x = torch.relu(self.inp(x))
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)


net = Net()
opt = optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    opt.zero_grad()
    nn.functional.cross_entropy(net(X), y).backward()
    opt.step()
result = [net.inp.weight, net.hidden[0].weight, net.out.weight]
