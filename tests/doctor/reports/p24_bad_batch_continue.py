"""Batches that cannot be used are skipped with `continue`, and with them the end of the window."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.05)
GRAD_ACCUM = 2
loader = [(torch.randn(4, 4), torch.randn(4, 1)) for _ in range(12)]
loader[3] = loader[9] = None
done = 0
for i, batch in enumerate(loader):
    if batch is None:
        continue  #!
    x, y = batch
    loss = nn.functional.mse_loss(model(x), y) / GRAD_ACCUM
    loss.backward()  #!
    done += 1
    due = (i + 1) % GRAD_ACCUM == 0  #-!
    due = done % GRAD_ACCUM == 0  #+
    if due:  #!
        opt.step()  #!
        opt.zero_grad()
result = model
