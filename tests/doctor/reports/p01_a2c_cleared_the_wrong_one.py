"""Actor and critic: the actor's optimizer is cleared twice, the critic's never."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(5)
actor = nn.Sequential(nn.Linear(3, 12), nn.Tanh(), nn.Linear(12, 2))
critic = nn.Sequential(nn.Linear(3, 12), nn.Tanh(), nn.Linear(12, 1))
actor_optim = torch.optim.Adam(actor.parameters(), lr=3e-3)
critic_optim = torch.optim.Adam(critic.parameters(), lr=1e-2)


def collect(n=10):
    s = torch.randn(n, 3)
    probs = actor(s).softmax(-1)
    a = torch.multinomial(probs.detach(), 1).squeeze(1)
    logp = probs.gather(1, a[:, None]).squeeze(1).log()
    reward = (s[:, 0] * (a * 2 - 1)).detach()
    ret, acc = [], 0.0
    for r in reversed(reward.tolist()):
        acc = r + 0.9 * acc
        ret.insert(0, acc)
    return s, logp, torch.tensor(ret)


def update():
    s, logp, returns = collect()
    value = critic(s).squeeze(-1)
    advantage = returns - value
    actor_loss = -(logp * advantage.detach()).mean()
    critic_loss = advantage.pow(2).mean()

    actor_optim.zero_grad()
    actor_loss.backward()
    actor_optim.step()

    actor_optim.zero_grad()  #-!
    critic_optim.zero_grad()  #+
    critic_loss.backward()  #!
    critic_optim.step()  #!


for episode in range(10):
    update()
result = [*actor.parameters(), *critic.parameters()]
