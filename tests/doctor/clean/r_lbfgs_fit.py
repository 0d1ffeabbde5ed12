"""L-BFGS on a full batch, strong Wolfe, with the penalty in the closure, polished after Adam."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 20).unsqueeze(1)
y = torch.sin(3 * x)
net = nn.Sequential(nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1))
adam = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(10):
    adam.zero_grad()
    nn.functional.mse_loss(net(x), y).backward()
    adam.step()
lbfgs = torch.optim.LBFGS(net.parameters(), lr=1, max_iter=5, line_search_fn="strong_wolfe")


def closure():
    lbfgs.zero_grad()
    loss = nn.functional.mse_loss(net(x), y) + 1e-4 * sum(p.square().sum() for p in net.parameters())
    loss.backward()
    return loss


for _ in range(3):
    lbfgs.step(closure)
