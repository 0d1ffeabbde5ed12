"""A policy whose hidden layers are in a plain list."""
import minitorch as torch
import minitorch.nn as nn

torch.manual_seed(0)


class MLPPolicy(nn.Module):
    def __init__(self, sizes, act=nn.Tanh):
        super().__init__()
        self.act = act()
        self.hidden = [nn.Linear(a, b) for a, b in zip(sizes[:-2], sizes[1:-1])]  #-!
        self.hidden = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-2], sizes[1:-1])])  #+
        self.head = nn.Linear(sizes[-2], sizes[-1])

    def forward(self, obs):
        for layer in self.hidden:
            obs = self.act(layer(obs))
        return self.head(obs)


policy = MLPPolicy([4, 8, 8, 2])
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)  #!
for iteration in range(6):
    obs = torch.randn(16, 4)
    logits = policy(obs)
    actions = torch.multinomial(logits.softmax(-1).detach(), 1)
    weights = torch.randn(16)
    logp = logits.log_softmax(-1).gather(1, actions).squeeze(1)
    loss = -(logp * weights).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  #!
result = [policy.head.weight, *[layer.weight for layer in policy.hidden]]
