"""Truncated backpropagation through time: the chunks' losses are summed, as the objective has them."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
series = torch.randn(4, 41, 2).cumsum(1) * 0.3
rnn, head = nn.GRU(2, 6, batch_first=True), nn.Linear(6, 2)
params = [*rnn.parameters(), *head.parameters()]
opt = torch.optim.Adam(params, lr=1e-2)
for epoch in range(2):
    h = torch.zeros(1, 4, 6)
    opt.zero_grad()
    for t in range(0, 40, 10):
        out, h = rnn(series[:, t : t + 10], h)
        nn.functional.mse_loss(head(out), series[:, t + 1 : t + 11]).backward()
        h = h.detach()
    opt.step()
