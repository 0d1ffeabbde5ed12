from minitorch import nn, optim
import minitorch


class Block(nn.Module):
    def __init__(self, p=0.25):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3)
        self.p = p

    def forward(self, x):
        out = self.conv(x).relu()
        return nn.functional.dropout2d(out, self.p)  #-!
        return nn.functional.dropout2d(out, self.p, self.training)  #+


model = nn.Sequential(Block(), nn.Flatten(), nn.Linear(48, 2))
images, labels = minitorch.randn(8, 1, 6, 6), minitorch.randint(0, 2, (8,))
optimizer = optim.Adam(model.parameters())
optimizer.zero_grad()
nn.functional.cross_entropy(model(images), labels).backward()
optimizer.step()
model.eval()
with minitorch.no_grad():
    result = [model(images)]
