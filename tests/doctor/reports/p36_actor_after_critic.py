"""Actor and critic share a graph: the critic is stepped before the actor's loss is gone back."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
critic = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
opt_actor = torch.optim.Adam(actor.parameters(), lr=1e-2)
opt_critic = torch.optim.Adam(critic.parameters(), lr=1e-2)
result = [*actor.parameters(), *critic.parameters()]
for _ in range(5):
    s = torch.randn(6, 3)
    a = actor(s)
    q = critic(torch.cat([s, a], 1))  #!
    target = torch.randn(6, 1)
    critic_loss = nn.functional.mse_loss(critic(torch.cat([s, a.detach()], 1)), target)
    actor_loss = -q.mean()
    opt_critic.zero_grad()
    opt_actor.zero_grad()  #+
    actor_loss.backward()  #+
    opt_critic.zero_grad()  #+
    critic_loss.backward()
    opt_critic.step()  #!
    opt_actor.zero_grad()  #-
    actor_loss.backward()  #-!
    opt_actor.step()
