"""Mixture weights are made of their parameter once, above the loop."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
alpha = nn.Parameter(torch.zeros(3))
experts = nn.ModuleList([nn.Linear(4, 1) for _ in range(3)])
result = [alpha, *experts.parameters()]
opt = torch.optim.SGD([alpha, *experts.parameters()], lr=0.1)
x, y = torch.randn(10, 4), torch.randn(10, 1)
weights = torch.softmax(alpha, 0)  #-!
for step in range(6):
    weights = torch.softmax(alpha, 0)  #+
    pred = sum(w * expert(x) for w, expert in zip(weights, experts))  #!
    loss = nn.functional.mse_loss(pred, y)
    opt.zero_grad()
    loss.backward()  #!
    opt.step()
