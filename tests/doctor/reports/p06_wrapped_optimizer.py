"""A warm-up wrapper steps the optimizer, and so does the loop."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class ScheduledOptim:
    """Attention-is-all-you-need's warm-up."""

    def __init__(self, optimizer, d_model, warmup):
        self._optimizer, self.d_model, self.warmup, self.n = optimizer, d_model, warmup, 0

    def step_and_update_lr(self):
        self.n += 1
        lr = self.d_model**-0.5 * min(self.n**-0.5, self.n * self.warmup**-1.5)
        for group in self._optimizer.param_groups:
            group["lr"] = lr
        self._optimizer.step()  #!

    def zero_grad(self):
        self._optimizer.zero_grad()


src, trg = torch.randint(0, 12, (8, 5)), torch.randint(0, 12, (8,))
model = nn.Sequential(nn.Embedding(12, 8), nn.Flatten(), nn.Linear(40, 12))
adam = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
optimizer = ScheduledOptim(adam, 8, 4)
for step in range(10):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(src), trg, label_smoothing=0.1)
    loss.backward()
    optimizer.step_and_update_lr()
    adam.step()  #-!
result = model
