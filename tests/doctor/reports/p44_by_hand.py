"""A hand-written mean squared error broadcasts."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class HousePrices(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 1)

    def forward(self, x):
        return self.linear(x)


def rmse(pred, target):
    return torch.sqrt(((pred - target) ** 2).mean() + 1e-8)  #!


X = torch.randn(14, 4)
y = X @ torch.tensor([1.0, 2.0, 3.0, 4.0])
model = HousePrices()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(8):
    out = model(X)
    out = out.squeeze(1)  #+
    loss = rmse(out, y)  #!
    opt.zero_grad()
    loss.backward()
    opt.step()
result = model
