"""validate() under no_grad, with dropout and batch norm as in training."""
import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.3))
        self.fc = nn.Linear(4 * 16, 3)

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))


def make(n):
    return DataLoader(TensorDataset(torch.randn(n, 1, 6, 6), torch.randint(0, 3, (n,))), batch_size=6)


def train(model, loader, opt):
    model.train()
    for x, y in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        opt.step()


def validate(model, loader):
    model.eval()  #+
    correct = 0
    with torch.no_grad():  #!
        for x, y in loader:
            correct += (model(x).argmax(1) == y).sum().item()  #!
    return correct / len(loader.dataset)


model, tr, va = CNN(), make(18), make(12)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
acc = []
for epoch in range(3):
    train(model, tr, opt)
    acc.append(validate(model, va))
result = list(model.state_dict().values())
