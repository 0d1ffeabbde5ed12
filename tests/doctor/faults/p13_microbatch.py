"""The micro-batches of a diffusion-like training loop, in methods of a class; weighted losses, a mean."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class TrainLoop:
    def __init__(self, model, data, batch_size, microbatch):
        self.model, self.data, self.batch_size, self.microbatch = model, data, batch_size, microbatch
        self.opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
        self.step = 0

    def run_loop(self):
        for batch in self.data.split(self.batch_size):
            self.run_step(batch)
            self.step += 1

    def run_step(self, batch):
        self.forward_backward(batch)
        self.opt.step()  #!

    def forward_backward(self, batch):
        for p in self.model.parameters():
            p.grad = None
        for i in range(0, batch.shape[0], self.microbatch):
            micro = batch[i : i + self.microbatch]
            t, weights = torch.rand(micro.shape[0]), torch.ones(micro.shape[0])
            noise = torch.randn_like(micro)
            out = self.model(torch.cat([micro + t[:, None] * noise, t[:, None]], 1))
            losses = ((out - noise) ** 2).mean(dim=list(range(1, out.dim())))
            loss = (losses * weights).mean()
            loss = loss * (len(micro) / len(batch))  #+
            loss.backward()  #!


model = nn.Sequential(nn.Linear(5, 16), nn.SiLU(), nn.Linear(16, 4))
TrainLoop(model, torch.randn(80, 4), 20, 5).run_loop()
result = model
