"""One loss of three terms for a policy and a value head on one trunk; coefficients of a half and a hundredth."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.pi, self.v = nn.Linear(4, 12), nn.Linear(12, 3), nn.Linear(12, 1)

    def forward(self, s):
        h = torch.tanh(self.body(s))
        return self.pi(h), self.v(h).squeeze(-1)


net = ActorCritic()
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
for update in range(6):
    s, ret, a = torch.randn(10, 4), torch.randn(10), torch.randint(0, 3, (10,))
    logits, value = net(s)
    logp = nn.functional.log_softmax(logits, -1)
    advantage = ret - value.detach()
    policy_loss = -(logp.gather(1, a[:, None]).squeeze(1) * advantage).mean()
    value_loss = nn.functional.mse_loss(value, ret)
    entropy = -(logp.exp() * logp).sum(1).mean()
    loss = policy_loss + value_loss / 2 - 0.01 * entropy
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
