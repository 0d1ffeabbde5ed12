"""A critic with five steps for one of the generator, in a class."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import make_moons


class WGAN:
    def __init__(self):
        self.generator = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 2))
        self.critic = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 1))
        self.g_optimizer = torch.optim.RMSprop(self.generator.parameters(), lr=5e-3)
        self.c_optimizer = torch.optim.RMSprop(self.critic.parameters(), lr=5e-3)

    def critic_step(self, real):
        self.c_optimizer.zero_grad()  #+
        with torch.no_grad():
            fake = self.generator(torch.randn(len(real), 2))
        loss = self.critic(fake).mean() - self.critic(real).mean()
        loss.backward()  #!
        self.c_optimizer.step()  #!
        self.c_optimizer.zero_grad()  #-!
        with torch.no_grad():
            for p in self.critic.parameters():
                p.clamp_(-0.1, 0.1)

    def generator_step(self, n):
        self.g_optimizer.zero_grad()
        loss = -self.critic(self.generator(torch.randn(n, 2))).mean()
        loss.backward()  #!
        self.g_optimizer.step()


points = torch.tensor(make_moons(80, random_state=0)[0], dtype=torch.float32)
gan = WGAN()
for round in range(4):
    for k in range(5):
        gan.critic_step(points[k * 16 : k * 16 + 16])
    gan.generator_step(16)
result = [gan.generator, gan.critic]
