"""One backward pass, two optimizers: SGD for the embedding, AdamW for the rest; the scheduler is of one of them."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
emb, body = nn.Embedding(12, 6), nn.Sequential(nn.Flatten(), nn.Linear(24, 3))
optimizers = [torch.optim.SGD(emb.parameters(), lr=0.5), torch.optim.AdamW(body.parameters(), lr=1e-2)]
sched = torch.optim.lr_scheduler.ExponentialLR(optimizers[0], 0.9)
for epoch in range(3):
    for _ in range(3):
        ids, y = torch.randint(0, 12, (5, 4)), torch.randint(0, 3, (5,))
        [o.zero_grad() for o in optimizers]
        nn.functional.cross_entropy(body(emb(ids)), y).backward()
        [o.step() for o in optimizers]
    sched.step()
