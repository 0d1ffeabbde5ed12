"""A small denoiser with random steps, EMA weights swapped in for sampling and back."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class EMA:
    def __init__(self, model, decay=0.9):
        self.model, self.decay = model, decay
        self.shadow = {n: p.detach().clone() for n, p in model.named_parameters()}

    def update(self):
        for n, p in self.model.named_parameters():
            self.shadow[n] = self.decay * self.shadow[n] + (1 - self.decay) * p.detach()

    def swap(self):
        for n, p in self.model.named_parameters():
            p.data, self.shadow[n] = self.shadow[n], p.data


net = nn.Sequential(nn.Linear(3, 16), nn.SiLU(), nn.Linear(16, 2))
ema = EMA(net)
opt = torch.optim.AdamW(net.parameters(), lr=1e-2)
alpha = torch.linspace(0.99, 0.1, 10)
for epoch in range(3):
    for _ in range(3):
        x0, t, eps = torch.randn(8, 2) * 0.3, torch.randint(0, 10, (8,)), torch.randn(8, 2)
        ab = alpha[t].unsqueeze(1)
        xt = ab.sqrt() * x0 + (1 - ab).sqrt() * eps
        loss = nn.functional.mse_loss(net(torch.cat([xt, t.unsqueeze(1) / 10.0], 1)), eps)
        loss.backward()
        opt.step()
        opt.zero_grad()
        ema.update()
    ema.swap()
    with torch.no_grad():
        x = torch.randn(4, 2)
        for t in reversed(range(10)):
            x = x - 0.1 * net(torch.cat([x, torch.full((4, 1), t / 10.0)], 1))
    ema.swap()
