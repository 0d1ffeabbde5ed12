"""A curriculum: the sequence and the window grow; a scheduler of the optimizer's steps; the last window is made whole."""
import math

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
rnn, head = nn.GRU(2, 6, batch_first=True), nn.Linear(6, 1)
params = [*rnn.parameters(), *head.parameters()]
opt = torch.optim.AdamW(params, lr=1e-2)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: 0.5 * (1 + math.cos(math.pi * min(s, 20) / 20)))
for stage, (length, K) in enumerate([(3, 1), (5, 2), (8, 3)]):
    n = 7
    for i in range(n):
        x = torch.randn(4, length, 2)
        out, _ = rnn(x)
        here = min(K, n - i // K * K)
        loss = nn.functional.mse_loss(head(out[:, -1]), x.sum((1, 2)).unsqueeze(1)) / here
        loss.backward()
        if (i + 1) % K == 0 or i + 1 == n:
            nn.utils.clip_grad_norm_(params, 1.0)
            opt.step()
            sched.step()
            opt.zero_grad()
