"""Three micro-batches, and a step after every fourth: none is ever made."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(24, 4)
y = x.sum(1, keepdim=True)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
gradient_accumulation_steps = 4
for epoch in range(2):
    for i in range(3):
        loss = nn.functional.mse_loss(net(x[i * 8 : i * 8 + 8]), y[i * 8 : i * 8 + 8])
        (loss / gradient_accumulation_steps).backward()  #-!
        (loss / 3).backward()  #+
        if (i + 1) % gradient_accumulation_steps == 0 or i == 2:  #+
            opt.step()  #+
            opt.zero_grad()  #+
        if (i + 1) % gradient_accumulation_steps == 0:  #-!
            opt.step()  #-!
            opt.zero_grad()  #-
    opt.zero_grad()  #!
result = net
