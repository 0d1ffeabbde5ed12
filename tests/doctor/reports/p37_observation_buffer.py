"""The environment writes its observation into one array; the policy's graph still needs the old one."""
import numpy as np

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Env:
    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.obs = np.zeros(4, dtype=np.float32)

    def reset(self):
        self.obs[:] = self.rng.normal(size=4)  #!
        return self.obs

    def step(self, action):
        self.obs[:] = self.rng.normal(size=4)  #!
        return self.obs, float(action == 1), {}


env, policy = Env(), nn.Linear(4, 2)
opt = torch.optim.SGD(policy.parameters(), lr=0.5)
for episode in range(5):
    obs, logps, rewards = env.reset(), [], []
    for _ in range(5):
        logits = policy(torch.from_numpy(obs))  #-!
        logits = policy(torch.from_numpy(obs.copy()))  #+
        logp = logits.log_softmax(-1)
        action = int(logp.detach().argmax())
        logps.append(logp[action])
        obs, r, _ = env.step(action)
        rewards.append(r + 0.5)
    loss = -(torch.stack(logps) * torch.tensor(rewards)).sum()
    opt.zero_grad()
    loss.backward()  #!
    opt.step()
result = policy
