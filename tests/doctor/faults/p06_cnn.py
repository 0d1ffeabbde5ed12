"""The backward pass is missing."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

d = load_digits()
ds = TensorDataset(torch.tensor(d.images[:96, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:96]))
net = nn.Sequential(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.Flatten(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(net.parameters())
loss_function = nn.CrossEntropyLoss()
for epoch in range(2):
    running = 0.0
    for inputs, labels in DataLoader(ds, batch_size=24):
        optimizer.zero_grad()
        loss = loss_function(net(inputs), labels)
        loss.backward()  #+
        optimizer.step()  #!
        running += loss.item()
result = net
