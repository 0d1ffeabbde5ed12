import minitorch as torch
from minitorch import nn
from minitorch.optim import SGD
from minitorch.optim.lr_scheduler import LambdaLR

EPOCHS = 8
X = torch.randn(40, 3)
t = X @ torch.tensor([[1.0], [2.0], [3.0]])
linear = nn.Linear(3, 1)
opt = SGD(linear.parameters(), lr=0.1)
sched = LambdaLR(opt, lambda epoch: (EPOCHS - epoch) // EPOCHS * 0)  #-!
sched = LambdaLR(opt, lambda epoch: (EPOCHS - epoch) / EPOCHS)  #+
for epoch in range(EPOCHS):
    opt.zero_grad()
    nn.functional.mse_loss(linear(X), t).backward()
    opt.step()  #!
    sched.step()
result = linear
