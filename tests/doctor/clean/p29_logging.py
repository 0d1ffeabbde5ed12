"""Sums of losses for the log after their backward passes, a difference to the last loss, and losses kept for one window."""

import minitorch as torch
from minitorch import nn, optim

a, b = nn.Linear(3, 1), nn.Linear(3, 1)
oa, ob = optim.SGD(a.parameters(), lr=0.1), optim.SGD(b.parameters(), lr=0.1)
x = torch.randn(8, 3)
total, last, curve, window = 0.0, None, [], []
for step in range(12):
    oa.zero_grad()
    loss_a = (a(x) - 1).pow(2).mean()
    loss_a.backward()
    oa.step()
    ob.zero_grad()
    loss_b = (b(x) - 2).pow(2).mean() + 0.1 * loss_a.detach()
    loss_b.backward()
    ob.step()
    both = loss_a + loss_b
    curve.append(both.item())
    with torch.no_grad():
        total = total + both
    change = 0.0 if last is None else loss_b - last
    last = loss_b
    window.append(loss_a)
    if len(window) == 4:
        print(torch.stack(window).mean().item(), float(change))
        window.clear()
