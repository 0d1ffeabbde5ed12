"""Auxiliary heads with weights, a tensor that is used twice in one graph, and a penalty on the weights."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x, y = torch.randn(64, 5), torch.randint(0, 3, (64,))
body, main, aux = nn.Linear(5, 8), nn.Linear(8, 3), nn.Linear(8, 3)
params = [p for m in (body, main, aux) for p in m.parameters()]
opt = torch.optim.SGD(params, lr=0.1)
for i in range(0, 64, 8):
    h = torch.relu(body(x[i : i + 8]))
    h = h + 0.5 * h
    loss1 = nn.functional.cross_entropy(main(h), y[i : i + 8])
    loss2 = nn.functional.cross_entropy(aux(h), y[i : i + 8], label_smoothing=0.1)
    l2 = sum(p.pow(2).sum() for p in params)
    loss = loss1 + 0.4 * loss2 + loss1 * 0.1 + 1e-4 * l2
    opt.zero_grad()
    loss.backward()
    opt.step()
