import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(5, 16), nn.Linear(16, 2)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.dropout(x, 0.5)  #-!
        x = F.dropout(x, 0.5, training=self.training)  #+
        return self.fc2(x)


x, y = torch.randn(20, 5), torch.randint(0, 2, (20,))
net = Net()
opt = optim.SGD(net.parameters(), lr=0.1)
for _ in range(3):
    net.train()
    opt.zero_grad()
    F.cross_entropy(net(x), y).backward()
    opt.step()
    net.eval()
    with torch.no_grad():
        scores = net(x)
result = [scores]
