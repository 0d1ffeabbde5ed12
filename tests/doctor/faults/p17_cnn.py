"""The epoch begins with a clearing, which throws the leftover away."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

d = load_digits()
ds = TensorDataset(torch.tensor(d.images[:176, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:176]))
loader = DataLoader(ds, batch_size=16, shuffle=True)
net = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(36, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    opt.zero_grad()  #!
    for step, (x, y) in enumerate(loader, 1):
        left = len(loader) - (step - 1) // 4 * 4  #+
        loss = nn.functional.cross_entropy(net(x), y) / 4  #-
        loss = nn.functional.cross_entropy(net(x), y) / min(4, left)  #+
        loss.backward()  #!
        if step % 4 == 0 or step == len(loader):  #+
            opt.step()  #+
            opt.zero_grad()  #+
        if step % 4 == 0:  #-!
            opt.step()  #-!
            opt.zero_grad()  #-
result = net
