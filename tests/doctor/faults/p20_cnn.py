"""The scheduler before the optimizer."""

import minitorch as torch
from minitorch import nn
from minitorch.optim.lr_scheduler import StepLR
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

d = load_digits()
ds = TensorDataset(torch.tensor(d.images[:128, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:128]))
net = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(36, 10))
opt = torch.optim.Adam(net.parameters(), lr=0.02)
sched = StepLR(opt, step_size=2, gamma=0.5)
for x, y in DataLoader(ds, batch_size=16):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()  #!
    sched.step()  #-!
    opt.step()  #!
    sched.step()  #+
result = net
