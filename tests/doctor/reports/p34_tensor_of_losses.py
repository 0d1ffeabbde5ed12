"""The policy gradient's losses are put into a new tensor, which needs a gradient itself: the policy learns nothing."""
# also: P06 P28
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)


def run_episode(n=6):
    log_probs, rewards = [], []
    for _ in range(n):
        state = torch.randn(4)
        probs = torch.softmax(policy(state), -1)
        action = torch.multinomial(probs.detach(), 1).item()
        log_probs.append(torch.log(probs[action]))
        rewards.append(1.0 if action == int(state[0] > 0) else 0.0)
    return log_probs, rewards


def finish_episode(log_probs, rewards):
    R, policy_loss, returns = 0, [], []
    for r in rewards[::-1]:
        R = r + 0.99 * R
        returns.insert(0, R)
    for log_prob, R in zip(log_probs, returns):
        policy_loss.append(-log_prob * R)
    optimizer.zero_grad()
    loss = torch.tensor([v.item() for v in policy_loss], requires_grad=True).sum()  #-!
    loss = torch.stack(policy_loss).sum()  #+
    loss.backward()  #!
    optimizer.step()  #!


for episode in range(6):
    finish_episode(*run_episode())
result = policy
