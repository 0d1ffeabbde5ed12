from minitorch import nn, optim
import minitorch


class TwoBranches(nn.Module):
    """A convolution of each size, added up."""

    def __init__(self):
        super(TwoBranches, self).__init__()
        self.branches = {}  #-!
        self.branches = nn.ModuleDict()  #+
        for size in (1, 3):
            self.branches[f"k{size}"] = nn.Conv2d(1, 4, size, padding=size // 2)  #!
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        h = sum(branch(x) for branch in self.branches.values()).relu()
        return self.fc(h.mean(dim=(2, 3)))


images = minitorch.randn(24, 1, 6, 6)
labels = (images.mean(dim=(1, 2, 3)) > 0).long()
model = TwoBranches()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

for epoch in range(2):
    for xb, yb in zip(images.split(8), labels.split(8)):
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()

result = [model.branches["k3"].weight, model.fc.weight]
