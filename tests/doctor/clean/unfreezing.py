"""Progressive: a new layer, and then the body, are added to the optimizer as groups."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x, y = torch.randn(90, 4), torch.randint(0, 3, (90,))
body, head = nn.Sequential(nn.Linear(4, 8), nn.Tanh()), nn.Linear(8, 3)
model = nn.Sequential(body, head)
for p in body.parameters():
    p.requires_grad = False
opt = torch.optim.SGD(head.parameters(), lr=0.1, momentum=0.9)
for i in range(9):
    if i == 4:
        for p in body.parameters():
            p.requires_grad = True
        opt.add_param_group({"params": body.parameters(), "lr": 0.01})
    if i == 6:
        extra = nn.Linear(3, 3)
        model.append(extra)
        opt.add_param_group({"params": extra.parameters()})
    opt.zero_grad()
    nn.functional.cross_entropy(model(x[i * 10 : i * 10 + 10]), y[i * 10 : i * 10 + 10]).backward()
    opt.step()
