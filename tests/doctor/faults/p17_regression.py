"""One epoch only: the last micro-batch is never applied."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(1)
x = torch.randn(70, 3)
y = x @ torch.tensor([[1.0], [2.0], [-1.0]])
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
K = 3


def micro_batches():
    yield from zip(x.split(10), y.split(10))


buffer = 0
for xb, yb in micro_batches():
    loss = nn.functional.mse_loss(model(xb), yb)
    (loss / K).backward()  #!
    buffer += 1
    if buffer == K:  #!
        opt.step()  #!
        opt.zero_grad()
        buffer = 0
if buffer:  #+
    for p in model.parameters():  #+
        p.grad *= K / buffer  #+
    opt.step()  #+
result = model
