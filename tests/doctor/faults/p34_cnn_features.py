import minitorch
from minitorch import nn
from minitorch.optim import Adam


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())
        self.classifier = nn.Linear(4 * 16, 2)

    def forward(self, x):
        f = self.features(x)
        f = minitorch.tensor(f.detach().numpy().reshape(len(x), -1))  #-!
        f = f.reshape(len(x), -1)  #+
        return self.classifier(f)


net = Net()
x, y = minitorch.randn(10, 1, 6, 6), minitorch.randint(0, 2, (10,))
adam = Adam(net.parameters(), lr=0.01)
for i in range(6):
    loss = nn.functional.cross_entropy(net(x), y)
    adam.zero_grad()
    loss.backward()
    adam.step()
result = net
