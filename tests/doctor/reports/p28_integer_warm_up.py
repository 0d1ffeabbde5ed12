"""A warm-up by integer division: the learning rate is nought until its end, and then for good."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Linear(4, 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
warmup, total = 50, 100
sched = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: (s + 1) // warmup if s < warmup else 1.0)  #-!
sched = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: (s + 1) / warmup if s < warmup else 1.0)  #+
x, y = torch.randn(12, 4), torch.randint(0, 2, (12,))
for step in range(20):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()  #!
    sched.step()
result = model
