"""The clearing is hidden in a function for one micro-batch."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

d = load_digits()
ds = TensorDataset(torch.tensor(d.images[:192, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:192]))
dl = DataLoader(ds, batch_size=16, shuffle=True)
cnn = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
opt = torch.optim.AdamW(cnn.parameters(), lr=2e-3)
ce = nn.CrossEntropyLoss()
ACCUM = 3


def compute_gradients(batch):
    x, y = batch
    cnn.zero_grad()  #-!
    loss = ce(cnn(x), y) / ACCUM
    loss.backward()  #!
    return loss.item() * ACCUM


log = []
for epoch in range(2):
    for number, batch in enumerate(dl, start=1):
        log.append(compute_gradients(batch))
        if number % ACCUM == 0:
            opt.step()  #!
            cnn.zero_grad()  #+
result = cnn
