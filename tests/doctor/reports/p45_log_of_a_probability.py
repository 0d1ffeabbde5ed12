"""A loss by hand of a probability that underflows."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.5)
x = torch.randn(10, 2) * 3
y = torch.nn.functional.one_hot((x[:, 0] > 0).long(), 2).float()
for step in range(6):
    p = torch.softmax(net(x) * 200, dim=1)
    loss = -(y * torch.log(p)).sum(1).mean()  #-!
    loss = -(y * torch.log_softmax(net(x) * 200, 1)).sum(1).mean()  #+
    opt.zero_grad()
    loss.backward()  #!
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)  #!
    opt.step()  #!
result = net
