"""An agent with a replay memory; learn() never clears."""
import random
from collections import deque

import numpy as np

import minitorch as torch
from minitorch import nn, optim

torch.manual_seed(0)
random.seed(0)


class ReplayBuffer:
    def __init__(self, size):
        self.memory = deque(maxlen=size)

    def push(self, *transition):
        self.memory.append(transition)

    def sample(self, n):
        s, a, r, s2, d = zip(*random.sample(self.memory, n))
        return (
            torch.tensor(np.stack(s)).float(),
            torch.tensor(a),
            torch.tensor(r).float(),
            torch.tensor(np.stack(s2)).float(),
            torch.tensor(d).float(),
        )


class Agent:
    def __init__(self, obs=4, acts=2, gamma=0.9):
        self.policy = nn.Sequential(nn.Linear(obs, 16), nn.ReLU(), nn.Linear(16, acts))
        self.target = nn.Sequential(nn.Linear(obs, 16), nn.ReLU(), nn.Linear(16, acts))
        self.target.load_state_dict(self.policy.state_dict())
        self.optimizer = optim.Adam(self.policy.parameters(), lr=1e-2)
        self.buffer = ReplayBuffer(200)
        self.gamma = gamma

    def learn(self):
        s, a, r, s2, done = self.buffer.sample(8)
        q = self.policy(s).gather(1, a.unsqueeze(1)).squeeze(1)
        with torch.no_grad():
            q_next = self.target(s2).max(1).values
        td = r + self.gamma * q_next * (1 - done)
        loss = nn.functional.smooth_l1_loss(q, td)
        self.optimizer.zero_grad()  #+
        loss.backward()  #!
        self.optimizer.step()  #!
        return loss.item()


agent = Agent()
rng = np.random.default_rng(0)
state = rng.normal(size=4)
for t in range(30):
    action = int(rng.integers(2))
    nxt = rng.normal(size=4)
    agent.buffer.push(state, action, float(rng.normal()), nxt, float(t % 10 == 9))
    state = nxt
    if len(agent.buffer.memory) >= 8:
        agent.learn()
    if t % 10 == 0:
        agent.target.load_state_dict(agent.policy.state_dict())
result = agent.policy
