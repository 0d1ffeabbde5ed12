"""Mean teacher: consistency of the student with its moving average, both in train mode."""
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
student = nn.Sequential(nn.Linear(4, 10), nn.BatchNorm1d(10), nn.ReLU(), nn.Dropout(0.2), nn.Linear(10, 3))
teacher = copy.deepcopy(student)
for p in teacher.parameters():
    p.detach_()
opt = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9, nesterov=True)
step = 0
for epoch in range(2):
    student.train()
    teacher.train()
    for _ in range(4):
        xl, yl, xu = torch.randn(6, 4), torch.randint(0, 3, (6,)), torch.randn(12, 4)
        with torch.no_grad():
            target = teacher(xu + 0.1 * torch.randn_like(xu)).softmax(1)
        sup = nn.functional.cross_entropy(student(xl), yl)
        con = nn.functional.mse_loss(student(xu + 0.1 * torch.randn_like(xu)).softmax(1), target)
        loss = sup + min(1.0, step / 5) * con
        opt.zero_grad()
        loss.backward()
        opt.step()
        step += 1
        alpha = min(1 - 1 / (step + 1), 0.99)
        for tp, p in zip(teacher.parameters(), student.parameters()):
            tp.data.mul_(alpha).add_(p.data, alpha=1 - alpha)
    teacher.eval()
    with torch.no_grad():
        teacher(torch.randn(5, 4))
