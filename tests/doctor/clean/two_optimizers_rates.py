"""The body is updated at every second step of the head, with the mean of two gradients."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(80, 5)
y = x.sum(1, keepdim=True).tanh()
body, head = nn.Linear(5, 6), nn.Linear(6, 1)
opt_body, opt_head = torch.optim.SGD(body.parameters(), 0.05), torch.optim.SGD(head.parameters(), 0.1)
for i in range(8):
    loss = nn.functional.mse_loss(head(torch.tanh(body(x[i * 10 : i * 10 + 10]))), y[i * 10 : i * 10 + 10])
    loss.backward()
    opt_head.step()
    opt_head.zero_grad()
    if i % 2:
        for p in body.parameters():
            p.grad /= 2
        opt_body.step()
        opt_body.zero_grad()
