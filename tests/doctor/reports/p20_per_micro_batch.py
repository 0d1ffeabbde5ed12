"""A cosine over the optimizer's steps, stepped in each micro-batch."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
accum, n_batches, epochs = 4, 8, 3
model = nn.Linear(5, 2)
opt = torch.optim.AdamW(model.parameters(), lr=3e-2)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=epochs * n_batches // accum)
x, y = torch.randn(32, 5), torch.randint(0, 2, (32,))
for epoch in range(epochs):
    for i in range(n_batches):
        xb, yb = x[i * 4 : i * 4 + 4], y[i * 4 : i * 4 + 4]
        loss = nn.functional.cross_entropy(model(xb), yb) / accum
        loss.backward()
        if (i + 1) % accum == 0:
            opt.step()  #!
            opt.zero_grad()
            sched.step()  #+
        sched.step()  #-!
result = model
