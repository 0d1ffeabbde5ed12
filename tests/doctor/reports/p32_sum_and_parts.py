"""The reconstruction loss is in the total, and is gone back on its own too."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.mu, self.logvar = nn.Linear(8, 6), nn.Linear(6, 2), nn.Linear(6, 2)
        self.dec = nn.Sequential(nn.Linear(2, 6), nn.ReLU(), nn.Linear(6, 8))

    def forward(self, x):
        h = torch.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return self.dec(z), mu, logvar


vae = VAE()
opt = torch.optim.Adam(vae.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.rand(10, 8)
    rec, mu, logvar = vae(x)
    recon_loss = nn.functional.mse_loss(rec, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    total = recon_loss + kld
    opt.zero_grad()
    recon_loss.backward(retain_graph=True)  #-!
    total.backward()  #!
    opt.step()  #!
result = vae
