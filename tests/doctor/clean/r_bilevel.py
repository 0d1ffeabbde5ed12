"""Architecture search in the manner of DARTS, first order: weights and architecture by two optimizers on two splits."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.ops = nn.ModuleList([nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4), nn.Tanh()), nn.Identity()])
        self.alpha = nn.Parameter(1e-3 * torch.randn(3))
        self.out = nn.Linear(4, 2)

    def weights(self):
        return [p for n, p in self.named_parameters() if n != "alpha"]

    def forward(self, x):
        w = self.alpha.softmax(0)
        return self.out(sum(wi * op(x) for wi, op in zip(w, self.ops)))


net = Mixed()
w_opt = torch.optim.SGD(net.weights(), lr=0.1, momentum=0.9)
a_opt = torch.optim.Adam([net.alpha], lr=1e-2)
for _ in range(6):
    x, y, xv, yv = torch.randn(8, 4), torch.randint(0, 2, (8,)), torch.randn(8, 4), torch.randint(0, 2, (8,))
    a_opt.zero_grad()
    nn.functional.cross_entropy(net(xv), yv).backward()
    a_opt.step()
    w_opt.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    nn.utils.clip_grad_norm_(net.weights(), 5.0)
    w_opt.step()
