import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

X = torch.tensor(load_digits().data[:256] / 16.0, dtype=torch.float32)
encoder = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 64), nn.Sigmoid())
opt = torch.optim.AdamW(list(encoder.parameters()) + list(decoder.parameters()), lr=1e-3)
losses = []
for epoch in range(2):
    for batch in X.split(64):
        noisy = batch + 0.1 * torch.randn_like(batch)
        loss = nn.functional.mse_loss(decoder(encoder(noisy)), batch)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.detach())
mean = torch.stack(losses).mean().item()
