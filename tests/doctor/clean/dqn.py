"""Q-learning: targets without a graph from a copy that is updated by hand."""

import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
target_net = copy.deepcopy(q)
opt = torch.optim.Adam(q.parameters(), lr=1e-3)
for step in range(10):
    s, s2 = torch.randn(16, 4), torch.randn(16, 4)
    a, r = torch.randint(0, 2, (16, 1)), torch.randn(16)
    value = q(s).gather(1, a).squeeze(1)
    next_value = target_net(s2).max(1)[0].detach()
    loss = nn.functional.smooth_l1_loss(value, r + 0.9 * next_value)
    opt.zero_grad()
    loss.backward()
    for p in q.parameters():
        p.grad.data.clamp_(-1, 1)
    opt.step()
    if step % 4 == 3:
        target_net.load_state_dict(q.state_dict())
