"""train() is called once, above the epochs; after the first validation the net stays in eval mode."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Dropout(0.5), nn.Linear(12, 2))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
x, y = torch.randn(40, 5), torch.randint(0, 2, (40,))
xv, yv = torch.randn(10, 5), torch.randint(0, 2, (10,))


@torch.no_grad()
def accuracy(net, x, y):
    net.eval()  #!
    return (net(x).argmax(-1) == y).float().mean().item()


model.train()
for epoch in range(3):
    model.train()  #+
    for xb, yb in zip(x.split(10), y.split(10)):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)  #!
        loss.backward()  #!
        opt.step()  #!
    accuracy(model, xv, yv)  #!
result = model
