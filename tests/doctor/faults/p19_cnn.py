"""Clipping by value after the step."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

d = load_digits()
ds = TensorDataset(torch.tensor(d.images[:128, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:128]))
net = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(36, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.3)
for x, y in DataLoader(ds, batch_size=16):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    torch.nn.utils.clip_grad_value_(net.parameters(), 0.01)  #+
    opt.step()  #!
    torch.nn.utils.clip_grad_value_(net.parameters(), 0.01)  #-!
result = net
