"""A VQ-VAE: straight-through codes, commitment and codebook losses."""
import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F

torch.manual_seed(0)
enc, dec, book = nn.Linear(6, 3), nn.Linear(3, 6), nn.Embedding(5, 3)
book.weight.data.uniform_(-1 / 5, 1 / 5)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *book.parameters()], lr=1e-2)
for _ in range(8):
    x = torch.randn(10, 6)
    z = enc(x)
    d = (z**2).sum(1, keepdim=True) + (book.weight**2).sum(1) - 2 * z @ book.weight.T
    q = book(d.argmin(1))
    vq = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(q.detach(), z)
    q = z + (q - z).detach()
    loss = F.mse_loss(dec(q), x) + vq
    opt.zero_grad()
    loss.backward()
    opt.step()
