"""Q values of shape (N, 1) against targets of shape (N,)."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
q_net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
t_net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2)).requires_grad_(False)
opt = torch.optim.Adam(q_net.parameters(), lr=1e-2)
for _ in range(6):
    s, a, r, s2 = torch.randn(10, 3), torch.randint(0, 2, (10,)), torch.randn(10), torch.randn(10, 3)
    state_action_values = q_net(s).gather(1, a.unsqueeze(1))
    expected = r + 0.9 * t_net(s2).max(1)[0]
    expected = expected.unsqueeze(1)  #+
    loss = nn.SmoothL1Loss()(state_action_values, expected)  #!
    opt.zero_grad()
    loss.backward()
    opt.step()
result = q_net
