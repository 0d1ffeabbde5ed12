"""A convolutional net over a DataLoader, trained by a function."""

import minitorch as torch
import minitorch.nn as nn
import minitorch.nn.functional as F
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

images, labels = load_digits(return_X_y=True)
images = torch.tensor(images[:256].reshape(-1, 1, 8, 8) / 16, dtype=torch.float32)
train_set = TensorDataset(images, torch.tensor(labels[:256]))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(36, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        return self.fc(x.flatten(1))


def train_one_epoch(net, loader, optimizer):
    net.train()
    running_loss = 0.0
    for data, target in loader:
        optimizer.zero_grad()  #+
        output = net(data)
        loss = F.cross_entropy(output, target)
        loss.backward()  #!
        optimizer.step()  #!
        running_loss += loss.item() * len(data)
    return running_loss / len(loader.dataset)


net = Net()
adam = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(2):
    train_one_epoch(net, DataLoader(train_set, batch_size=64, shuffle=True), adam)
result = net
