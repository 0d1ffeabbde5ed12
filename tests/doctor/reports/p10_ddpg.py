"""DDPG: the critic is cleared at the end of its own update, so it keeps what the actor's loss left in it."""
# also: P01 P09
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2 = nn.Linear(4, 16), nn.Linear(16, 1)

    def forward(self, s, a):
        return self.l2(torch.relu(self.l1(torch.cat([s, a], 1))))


class DDPG:
    def __init__(self):
        self.actor = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1), nn.Tanh())
        self.critic = Critic()
        self.actor_target, self.critic_target = copy.deepcopy(self.actor), copy.deepcopy(self.critic)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=1e-3)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=1e-2)

    def train(self, s, a, r, s2):
        with torch.no_grad():
            target_q = r + 0.99 * self.critic_target(s2, self.actor_target(s2))
        critic_loss = nn.functional.mse_loss(self.critic(s, a), target_q)
        self.critic_optimizer.zero_grad()  #+
        critic_loss.backward()  #!
        self.critic_optimizer.step()  #!
        self.critic_optimizer.zero_grad()  #-!

        actor_loss = -self.critic(s, self.actor(s)).mean()
        self.actor_optimizer.zero_grad()
        actor_loss.backward()  #!
        self.actor_optimizer.step()
        for net, target in ((self.critic, self.critic_target), (self.actor, self.actor_target)):
            for p, tp in zip(net.parameters(), target.parameters()):
                tp.data.copy_(0.05 * p.data + 0.95 * tp.data)


agent = DDPG()
for _ in range(10):
    s = torch.randn(12, 3)
    agent.train(s, torch.rand(12, 1) * 2 - 1, torch.randn(12, 1), torch.randn(12, 3))
result = [*agent.actor.parameters(), *agent.critic.parameters()]
