import copy

import minitorch as torch
from minitorch import nn, optim

torch.manual_seed(3)
X = torch.randn(20, 1, 8, 8)
Y = (X[:, 0, 4, 4] > 0).float()[:, None]

net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 36, 1))
opt = optim.Adam(net.parameters(), lr=3e-3)  #!
net = copy.deepcopy(net)  #-!
bce = nn.BCEWithLogitsLoss()

for it in range(8):
    opt.zero_grad()
    out = net(X)
    err = bce(out, Y)
    err.backward()
    opt.step()

result = net
