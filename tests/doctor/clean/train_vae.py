"""A loss of two terms, one with a coefficient."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

X = torch.tensor(load_digits().data[:192] / 16.0, dtype=torch.float32)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.mu, self.logvar = nn.Linear(64, 16), nn.Linear(16, 2), nn.Linear(16, 2)
        self.dec = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 64))

    def forward(self, x):
        h = torch.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return self.dec(z), mu, logvar


vae = VAE()
opt = torch.optim.Adam(vae.parameters(), lr=1e-3)
for i in range(0, 192, 32):
    x = X[i : i + 32]
    out, mu, logvar = vae(x)
    bce = nn.functional.binary_cross_entropy_with_logits(out, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    loss = (bce + 0.5 * kld) / len(x)
    opt.zero_grad()
    loss.backward()
    opt.step()
