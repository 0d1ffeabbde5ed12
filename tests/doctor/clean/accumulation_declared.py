"""K micro-batches a step; the loss is logged before it is divided."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

DECLARED = dict(accumulate=4)

d = load_digits()
ds = TensorDataset(torch.tensor(d.images[:256, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256]))
net = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(36, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
running = 0.0
for epoch in range(2):
    for i, (x, y) in enumerate(DataLoader(ds, batch_size=16, shuffle=True)):
        loss = nn.functional.cross_entropy(net(x), y)
        (loss / 4).backward()
        running += (loss / 4).item()
        if i % 4 == 3:
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step()
            opt.zero_grad()
