"""NT-Xent over a similarity matrix (a pairwise broadcast that is meant), and a triplet loss on the side."""
import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F

torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 4))
opt = torch.optim.Adam(enc.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(6, 5)
    z = F.normalize(torch.cat([enc(x + 0.1 * torch.randn_like(x)), enc(x + 0.1 * torch.randn_like(x))]), dim=1)
    sim = z @ z.T / 0.5
    sim = sim.masked_fill(torch.eye(12, dtype=torch.bool), float("-inf"))
    target = torch.cat([torch.arange(6, 12), torch.arange(6)])
    nt = F.cross_entropy(sim, target)
    d = ((z[:, None] - z[None, :]) ** 2).sum(-1)
    spread = torch.exp(-2 * d).mean()
    trip = F.triplet_margin_loss(z[:6], z[6:], z[6:].roll(1, 0))
    opt.zero_grad()
    (nt + 0.1 * spread + trip).backward()
    opt.step()
