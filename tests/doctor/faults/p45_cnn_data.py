import math

import minitorch as torch
from minitorch import nn, optim

images = torch.randn(12, 1, 6, 6)
images[7, 0, 2, 2] = float("nan")
labels = torch.randint(0, 2, (12,))
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(32, 2))
opt = optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    for k in range(0, 12, 4):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(images[k : k + 4]), labels[k : k + 4])  #!
        if not math.isfinite(loss.item()):  #+
            continue  #+
        loss.backward()  #!
        opt.step()  #!
result = net
