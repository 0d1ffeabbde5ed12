"""Skip-gram with negative samples; rows of the table that are not drawn stay."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(1)
n = 30
centre, context = nn.Embedding(n, 6), nn.Embedding(n, 6)
opt = torch.optim.SGD([*centre.parameters(), *context.parameters()], lr=0.2, momentum=0.9)
for step in range(10):
    a, b, neg = torch.randint(0, n, (16,)), torch.randint(0, n, (16,)), torch.randint(0, n, (16, 4))
    good = nn.functional.logsigmoid((centre(a) * context(b)).sum(1))
    bad = nn.functional.logsigmoid(-(context(neg) @ centre(a).unsqueeze(2)).squeeze(2)).sum(1)
    loss = -(good + bad).mean()
    opt.zero_grad(set_to_none=False)
    loss.backward()
    opt.step()
