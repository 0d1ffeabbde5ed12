import minitorch as torch
from minitorch import nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 8), nn.Linear(8, 2)

    def forward(self, x):
        h = torch.sigmoid(self.a(x))
        h *= 2  #-!
        h = h * 2  #+
        return self.b(h)


net = Net()
opt = optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(10, 3), torch.randint(0, 2, (10,))
for _ in range(3):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    try:
        loss.backward()
    except RuntimeError as e:
        assert "inplace" in str(e)
    opt.step()
result = net
