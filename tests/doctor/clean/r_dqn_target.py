"""Double DQN, prioritized by weights; the target net follows softly, and hard every ten."""
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 3))
target = copy.deepcopy(q).eval()
opt = torch.optim.RMSprop(q.parameters(), lr=1e-3)
for step in range(12):
    with torch.no_grad():
        q(torch.randn(1, 4)).argmax()
    if step < 3:
        continue
    s, a, r, s2, d = torch.randn(8, 4), torch.randint(0, 3, (8, 1)), torch.randn(8, 1), torch.randn(8, 4), torch.rand(8, 1) > 0.9
    w = torch.rand(8, 1)
    with torch.no_grad():
        best = q(s2).argmax(1, keepdim=True)
        y = r + 0.99 * target(s2).gather(1, best) * (~d)
    td = q(s).gather(1, a) - y
    loss = (w * td.pow(2)).mean()
    opt.zero_grad()
    loss.backward()
    for p in q.parameters():
        p.grad.data.clamp_(-1, 1)
    opt.step()
    if step % 10 == 0:
        target.load_state_dict(q.state_dict())
    else:
        with torch.no_grad():
            for tp, p in zip(target.parameters(), q.parameters()):
                tp.mul_(0.995).add_(0.005 * p)
