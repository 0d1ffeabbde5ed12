"""Micro-batches of one large batch, by chunk()."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

d = load_digits()
ds = TensorDataset(torch.tensor(d.images[:192, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:192]))
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.05, weight_decay=1e-3)
crit = nn.CrossEntropyLoss()
PARTS = 4
for big_x, big_y in DataLoader(ds, batch_size=64):
    opt.zero_grad(set_to_none=True)
    for x, y in zip(big_x.chunk(PARTS), big_y.chunk(PARTS)):
        loss = crit(net(x), y)
        loss.backward()  #-!
        (loss / PARTS).backward()  #+
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()  #!
result = net
