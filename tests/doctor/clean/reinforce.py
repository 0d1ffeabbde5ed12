"""REINFORCE: the sum over the episodes of a batch, and the mean of a batch's losses in one backward pass."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(policy.parameters(), lr=1e-2)
running = 0.0
for episode in range(6):
    state = torch.randn(4) * 0.1
    log_probs, rewards = [], []
    for t in range(8):
        logits = policy(state)
        action = int(torch.multinomial(torch.softmax(logits, -1).detach(), 1))
        log_probs.append(nn.functional.log_softmax(logits, -1)[action])
        state = state + 0.1 * torch.randn(4) + (0.05 if action else -0.05)
        rewards.append(1.0 - float(state.abs().sum()))
    returns, R = [], 0.0
    for r in reversed(rewards):
        R = r + 0.9 * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + 1e-6)
    loss = -(torch.stack(log_probs) * returns).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    running = 0.05 * sum(rewards) + 0.95 * running
