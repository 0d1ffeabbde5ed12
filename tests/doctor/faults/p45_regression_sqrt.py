import minitorch as torch
from minitorch import nn

model = nn.Linear(2, 2)
opt = torch.optim.Adam(model.parameters(), lr=0.1)
anchors = torch.randn(6, 2)
for step in range(4):
    z = model(anchors)
    delta = z[:, None] - z[None]
    d = (delta**2).sum(-1).sqrt()  #-!
    d = ((delta**2).sum(-1) + 1e-9).sqrt()  #+
    loss = (d - 1).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()  #!
result = model
