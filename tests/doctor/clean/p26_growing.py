"""A layer that is added while training, and its parameters given to the optimizer; another is pruned away."""

import minitorch as torch
from minitorch import nn, optim

model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(9):
    if step == 3:
        new = nn.Linear(8, 8)
        model = nn.Sequential(model[0], nn.ReLU(), new, nn.ReLU(), model[2])
        opt.add_param_group({"params": new.parameters()})
    if step == 6:
        model = nn.Sequential(model[0], nn.ReLU(), model[4])
    opt.zero_grad()
    nn.functional.cross_entropy(model(torch.randn(8, 4)), torch.randint(0, 2, (8,))).backward()
    opt.step()
