"""An activation is captured by a forward hook, registered in each call of the loss."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class FeatureMatching:
    def __init__(self, net):
        self.net, self.store = net, []
        self.hook()  #+

    def hook(self):
        self.net[0].register_forward_hook(lambda m, i, o: self.store.append(o))  #!

    def __call__(self, a, b):
        self.store.clear()
        self.hook()  #-!
        self.net(a), self.net(b)
        half = len(self.store) // 2
        return sum(nn.functional.l1_loss(p, q.detach()) for p, q in zip(self.store[:half], self.store[half:]))


disc = nn.Sequential(nn.Linear(4, 6), nn.LeakyReLU(), nn.Linear(6, 1))
gen = nn.Linear(2, 4)
fm = FeatureMatching(disc)
opt = torch.optim.SGD(gen.parameters(), lr=0.1)
for step in range(8):
    loss = fm(gen(torch.randn(5, 2)), torch.randn(5, 4))
    opt.zero_grad()
    loss.backward()
    opt.step()
result = gen
