import minitorch as torch
from minitorch import nn, optim

x = torch.randn(16, 3)
y = (x[:, 0] > 0).float()
x[5] = 1e4
net = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 1), nn.Sigmoid())
opt = optim.SGD(net.parameters(), lr=0.1)
for _ in range(3):
    opt.zero_grad()
    p = net(x).squeeze(1)
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()  #-!
    loss = nn.functional.binary_cross_entropy(p, y)  #+
    loss.backward()  #!
    opt.step()  #!
result = net
