import minitorch as torch
from minitorch import nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x):
        x = self.layers(x)
        return torch.softmax(x, dim=1)  #-!
        return x  #+


net, criterion = Net(), nn.CrossEntropyLoss()
opt = optim.SGD(net.parameters(), lr=0.5)
x, y = torch.randn(30, 4), torch.randint(0, 3, (30,))
for _ in range(4):
    opt.zero_grad()
    loss = criterion(net(x), y)  #!
    loss.backward()
    opt.step()
result = net
