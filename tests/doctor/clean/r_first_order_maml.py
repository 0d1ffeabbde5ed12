"""First-order MAML: gradients of the copies are added by hand into the meta-model's .grad."""
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
meta = nn.Linear(3, 2)
opt = torch.optim.SGD(meta.parameters(), lr=0.1)
for it in range(5):
    opt.zero_grad()
    for task in range(3):
        learner = copy.deepcopy(meta)
        inner = torch.optim.SGD(learner.parameters(), lr=0.5)
        x, y = torch.randn(6, 3), torch.randint(0, 2, (6,))
        inner.zero_grad()
        nn.functional.cross_entropy(learner(x), y).backward()
        inner.step()
        inner.zero_grad()
        nn.functional.cross_entropy(learner(torch.randn(6, 3)), y).backward()
        for p, q in zip(meta.parameters(), learner.parameters()):
            if p.grad is None:
                p.grad = torch.zeros_like(p)
            p.grad.add_(q.grad / 3)
    opt.step()
