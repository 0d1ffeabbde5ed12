"""A teacher kept out of the parameters on purpose, in a list, and tensors in plain attributes that nothing trains."""

import minitorch as torch
from minitorch import nn, optim


class Student(nn.Module):
    def __init__(self, teacher):
        super().__init__()
        self.net = nn.Linear(4, 3)
        self.teacher = [teacher]  # not a submodule
        self.mask = torch.ones(4)

    def forward(self, x):
        with torch.no_grad():
            wanted = self.teacher[0](x).softmax(1)
        return nn.functional.kl_div(self.net(x * self.mask).log_softmax(1), wanted, reduction="batchmean")


student = Student(nn.Linear(4, 3))
opt = optim.SGD(student.parameters(), lr=0.1)
for _ in range(6):
    opt.zero_grad()
    student(torch.randn(8, 4)).backward()
    opt.step()
