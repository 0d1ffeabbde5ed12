"""Softmax for the metric beside logits for the loss; nll_loss of log_softmax; attention; a gate before the logits."""

import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn, optim

score, value, gate = nn.Linear(4, 1), nn.Linear(4, 5), nn.Linear(4, 5)
opt = optim.Adam([*score.parameters(), *value.parameters(), *gate.parameters()], lr=0.01)
for _ in range(6):
    x, y = torch.randn(6, 3, 4), torch.randint(0, 5, (6,))
    weights = F.softmax(score(x), dim=1)
    logits = (weights * value(x)).sum(1) * torch.sigmoid(gate(x.mean(1)))
    probabilities = torch.softmax(logits, dim=1)
    accuracy = (probabilities.argmax(1) == y).float().mean().item()
    loss = F.cross_entropy(logits, y) + F.nll_loss(F.log_softmax(logits, dim=1), y)
    loss = loss - 0.01 * (probabilities * probabilities.clamp(min=1e-8).log()).sum(1).neg().mean()
    loss = loss + F.binary_cross_entropy(torch.sigmoid(logits), F.one_hot(y, 5).float())
    loss = loss + F.kl_div(F.log_softmax(logits / 2, 1), probabilities.detach(), reduction="batchmean")
    opt.zero_grad()
    loss.backward()
    opt.step()
