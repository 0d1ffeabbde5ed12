"""A teacher in train mode, an average of the student's weights, gives targets without a graph."""

import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x, y = torch.randn(96, 6), torch.randint(0, 3, (96,))
student = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Dropout(0.2), nn.Linear(12, 3))
teacher = copy.deepcopy(student)
for p in teacher.parameters():
    p.detach_()
opt = torch.optim.Adam(student.parameters(), lr=1e-2)
for i in range(0, 96, 12):
    xb, yb = x[i : i + 12], y[i : i + 12]
    with torch.no_grad():
        guess = torch.softmax(teacher(xb + 0.1 * torch.randn_like(xb)), 1)
    logits = student(xb)
    consistency = (torch.softmax(logits, 1) - guess).pow(2).mean()
    loss = nn.functional.cross_entropy(logits, yb) + 2.0 * consistency
    opt.zero_grad()
    loss.backward()
    opt.step()
    for t, s in zip(teacher.parameters(), student.parameters()):
        t.data.mul_(0.9).add_(s.data, alpha=0.1)
