"""PPO: four epochs of minibatches over one rollout, shared trunk, entropy bonus, an early stop by the KL."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(4, 12), nn.Tanh())
        self.pi, self.v = nn.Linear(12, 2), nn.Linear(12, 1)

    def forward(self, s):
        h = self.trunk(s)
        return self.pi(h).log_softmax(-1), self.v(h).squeeze(-1)


net = ActorCritic()
opt = torch.optim.Adam(net.parameters(), lr=3e-3, eps=1e-5)
for update in range(3):
    s = torch.randn(32, 4)
    with torch.no_grad():
        logp_all, values = net(s)
        a = torch.multinomial(logp_all.exp(), 1).squeeze(1)
        old = logp_all.gather(1, a[:, None]).squeeze(1)
        ret = torch.randn(32) + s[:, 0] * a
        adv = ret - values
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    for epoch in range(4):
        for idx in torch.randperm(32).split(8):
            logp_all, v = net(s[idx])
            logp = logp_all.gather(1, a[idx, None]).squeeze(1)
            ratio = (logp - old[idx]).exp()
            pg = -torch.min(ratio * adv[idx], ratio.clamp(0.8, 1.2) * adv[idx]).mean()
            vf = 0.5 * (v - ret[idx]).pow(2).mean()
            ent = -(logp_all.exp() * logp_all).sum(-1).mean()
            loss = pg + 0.5 * vf - 0.01 * ent
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            opt.step()
        if (old[idx] - logp).mean().item() > 0.5:
            break
