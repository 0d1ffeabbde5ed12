"""The encoder is frozen after the warm-up, but keeps the last gradient, and the decay."""
# also: P01
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
enc = nn.Linear(6, 6)
head = nn.Linear(6, 2)
opt = torch.optim.SGD([*enc.parameters(), *head.parameters()], lr=0.05, momentum=0.9, weight_decay=0.01)
x, y = torch.randn(10, 6), torch.randint(0, 2, (10,))


def freeze(module):
    for p in module.parameters():
        p.requires_grad = False  #!
        p.grad = None  #+


for epoch in range(8):
    if epoch == 3:
        freeze(enc)
    loss = nn.functional.cross_entropy(head(torch.relu(enc(x))), y)
    head.zero_grad()
    if epoch < 3:
        enc.zero_grad()
    loss.backward()
    opt.step()  #!
result = [*enc.parameters(), *head.parameters()]
