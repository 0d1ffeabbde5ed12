"""A straight-through estimator, a quantised code, detached features beside attached ones, NumPy for the log."""

import minitorch as torch
from minitorch import nn, optim

encoder, decoder, codebook = nn.Linear(4, 3), nn.Linear(3, 4), nn.Embedding(8, 3)
probe = nn.Linear(3, 2)
opt = optim.Adam([*encoder.parameters(), *decoder.parameters(), *codebook.parameters(), *probe.parameters()], lr=0.01)
log = []
for _ in range(8):
    x = torch.randn(10, 4)
    z = encoder(x)
    with torch.no_grad():
        nearest = (z[:, None] - codebook.weight[None]).pow(2).sum(-1).argmin(1)
    q = codebook(nearest)
    through = z + (q - z).detach()
    loss = (decoder(through) - x).pow(2).mean() + (q - z.detach()).pow(2).mean() + 0.25 * (z - q.detach()).pow(2).mean()
    loss = loss + nn.functional.cross_entropy(probe(z.detach()), torch.randint(0, 2, (10,)))
    opt.zero_grad()
    loss.backward()
    opt.step()
    log.append(z.detach().numpy().std())
