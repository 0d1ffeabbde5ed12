"""Actor-critic with a shared trunk: two backward passes with a retained graph, one optimizer, one step."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
trunk, pi, v = nn.Linear(3, 8), nn.Linear(8, 2), nn.Linear(8, 1)
opt = torch.optim.Adam([*trunk.parameters(), *pi.parameters(), *v.parameters()], lr=5e-3)
for ep in range(6):
    s = torch.randn(7, 3)
    h = torch.relu(trunk(s))
    logp = pi(h).log_softmax(1)
    a = torch.multinomial(logp.detach().exp(), 1)
    ret = torch.randn(7, 1).cumsum(0)
    value = v(h)
    critic_loss = nn.functional.smooth_l1_loss(value, ret)
    actor_loss = -(logp.gather(1, a) * (ret - value.detach())).sum()
    opt.zero_grad()
    critic_loss.backward(retain_graph=True)
    actor_loss.backward()
    opt.step()
