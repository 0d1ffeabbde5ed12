import minitorch as torch
import numpy as np
from minitorch import nn, optim

rng = np.random.default_rng(0)
model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
opt = optim.Adam(model.parameters(), lr=0.01)
batch = np.empty((8, 4), dtype=np.float32)
x = torch.from_numpy(batch)  #!
for step in range(4):
    rng.standard_normal(out=batch, dtype=np.float32)
    target = torch.from_numpy((batch.sum(1) > 0).astype(np.int64))
    loss = nn.functional.cross_entropy(model(x), target)  #!
    rng.standard_normal(out=batch, dtype=np.float32)  #-!
    opt.zero_grad()
    loss.backward()
    opt.step()
result = model
