"""Q-learning whose optimizer holds the target net."""
# also: P25 P06 P26
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class DQN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))

    def forward(self, x):
        return self.net(x)


policy_net = DQN()
target_net = copy.deepcopy(policy_net)
for p in target_net.parameters():
    p.requires_grad_(True)
optimizer = torch.optim.RMSprop(target_net.parameters(), lr=1e-2)  #-!
optimizer = torch.optim.RMSprop(policy_net.parameters(), lr=1e-2)  #+
for i_episode in range(6):
    s, s2 = torch.randn(8, 4), torch.randn(8, 4)
    a, r = torch.randint(0, 2, (8, 1)), torch.randn(8, 1)
    q = policy_net(s).gather(1, a)
    with torch.no_grad():
        expected = r + 0.9 * target_net(s2).max(1, keepdim=True)[0]
    loss = nn.functional.smooth_l1_loss(q, expected)
    optimizer.zero_grad()
    loss.backward()  #!
    for p in policy_net.parameters():
        p.grad.clamp_(-1, 1)
    optimizer.step()  #!
result = policy_net
