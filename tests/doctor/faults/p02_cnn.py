"""The clearing stands before the loop of the function that trains."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
x_all = torch.tensor(d.images[:192, None] / 16.0, dtype=torch.float32)
y_all = torch.tensor(d.target[:192])

convnet = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(96, 10))


def batches(size):
    order = torch.randperm(len(x_all))
    for s in range(0, len(x_all), size):
        index = order[s : s + size]
        yield x_all[index], y_all[index]


def fit(network, epochs=2):
    opt = torch.optim.Adam(network.parameters(), lr=3e-3)
    ce = nn.CrossEntropyLoss()
    network.zero_grad()  #-!
    for _ in range(epochs):
        for xb, yb in batches(32):
            network.zero_grad()  #+
            ce(network(xb), yb).backward()  #!
            opt.step()  #!
    return network


result = fit(convnet)
