"""One module called two and three times for one loss; a contrastive loss that gathers its negatives."""

import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(72, 5)
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for i in range(0, 72, 12):
    anchor = net(x[i : i + 12])
    positive = net(x[i : i + 12] + 0.05 * torch.randn(12, 5))
    negative = net(torch.randn(12, 5))
    logits = F.normalize(anchor, dim=1) @ F.normalize(positive, dim=1).t() / 0.1
    loss = F.cross_entropy(logits, torch.arange(12)) + F.relu((anchor - positive).pow(2).sum(1) - (anchor - negative).pow(2).sum(1) + 1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
