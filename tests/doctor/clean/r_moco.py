"""Momentum contrast with a queue of keys, a momentum encoder and a temperature."""
import copy

import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F

torch.manual_seed(0)


class MoCo(nn.Module):
    def __init__(self, dim=4, size=16, m=0.99, T=0.2):
        super().__init__()
        self.m, self.T, self.size = m, T, size
        self.q = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, dim))
        self.k = copy.deepcopy(self.q)
        for p in self.k.parameters():
            p.requires_grad = False
        self.register_buffer("queue", F.normalize(torch.randn(dim, size), dim=0))
        self.ptr = 0

    def forward(self, a, b):
        q = F.normalize(self.q(a), dim=1)
        with torch.no_grad():
            for pq, pk in zip(self.q.parameters(), self.k.parameters()):
                pk.data = pk.data * self.m + pq.data * (1 - self.m)
            k = F.normalize(self.k(b), dim=1)
        pos = (q * k).sum(1, keepdim=True)
        neg = q @ self.queue.clone().detach()
        logits = torch.cat([pos, neg], 1) / self.T
        with torch.no_grad():
            n = k.shape[0]
            self.queue[:, self.ptr : self.ptr + n] = k.T
            self.ptr = (self.ptr + n) % self.size
        return logits, torch.zeros(len(q), dtype=torch.long)


model = MoCo()
opt = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.05, weight_decay=1e-4)
for _ in range(8):
    x = torch.randn(4, 6)
    logits, labels = model(x + 0.1 * torch.randn(4, 6), x + 0.1 * torch.randn(4, 6))
    loss = F.cross_entropy(logits, labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
