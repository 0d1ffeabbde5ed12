"""One forward pass for two backward passes: a loss and, on the same graph, a regulariser of the hidden layer."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(64, 4)
first, second = nn.Linear(4, 8), nn.Linear(8, 1)
opt = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.05)
for i in range(0, 64, 8):
    hidden = torch.tanh(first(x[i : i + 8]))
    loss = nn.functional.mse_loss(second(hidden), x[i : i + 8, :1])
    opt.zero_grad()
    loss.backward(retain_graph=True)
    (0.01 * hidden.abs().mean()).backward()
    opt.step()
