"""Gradients are clamped by hooks, which each epoch registers again; a mask is multiplied by again and again."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


def train_epoch(model, data, opt):
    for p in model.parameters():  #-
        p.register_hook(lambda g: g * 0.5)  #-!
    for x, y in data:
        opt.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        opt.step()


model = nn.Linear(3, 1)
for p in model.parameters():  #+
    p.register_hook(lambda g: g * 0.5)  #+
opt = torch.optim.SGD(model.parameters(), lr=0.1)
data = [(torch.randn(5, 3), torch.randn(5, 1)) for _ in range(3)]
for epoch in range(5):
    train_epoch(model, data, opt)
result = model
