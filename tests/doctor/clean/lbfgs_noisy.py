"""L-BFGS to convergence, and a closure for SGD."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(40, 3)
y = x @ torch.tensor([[1.0], [2.0], [3.0]])
net = nn.Linear(3, 1)
lbfgs = torch.optim.LBFGS(net.parameters(), line_search_fn="strong_wolfe", max_iter=10)
sgd = torch.optim.SGD(net.parameters(), lr=0.01)


def evaluate(optimizer):
    def closure():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward()
        return loss

    return closure


for _ in range(4):
    sgd.step(evaluate(sgd))
for _ in range(8):
    lbfgs.step(evaluate(lbfgs))
