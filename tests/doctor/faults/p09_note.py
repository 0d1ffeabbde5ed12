"""Nobody clears the body's gradients, and nobody uses them; only the time is lost, and an own look at them is wrong."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(80, 4)
body, head = nn.Linear(4, 6), nn.Linear(6, 1)
opt = torch.optim.SGD(head.parameters(), lr=0.1)
for i in range(0, 80, 8):
    opt.zero_grad()
    body.zero_grad()  #+
    nn.functional.mse_loss(head(torch.relu(body(x[i : i + 8]))), x[i : i + 8, :1]).backward()
    opt.step()  #!
result = body.weight.grad
