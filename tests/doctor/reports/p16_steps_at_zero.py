"""The counter starts at zero, so the first step sees one micro-batch."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 8), nn.ELU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
loss_fn = nn.CrossEntropyLoss()
iters_to_accumulate = 4


def batches():
    g = torch.Generator().manual_seed(1)
    for _ in range(8):
        yield torch.randn(4, 6, generator=g), torch.randint(0, 2, (4,), generator=g)


for epoch in range(3):
    for i, (inp, target) in enumerate(batches()):
        loss = loss_fn(net(inp), target) / iters_to_accumulate
        loss.backward()  #!
        due = i % iters_to_accumulate == 0  #-!
        due = (i + 1) % iters_to_accumulate == 0  #+
        if due:  #!
            optimizer.step()  #!
            optimizer.zero_grad()
result = net
