"""Several tasks, their heads in a dict."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
TASKS = {"age": 1, "species": 3, "sex": 2}


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 10), nn.ReLU())
        self.heads = {t: nn.Linear(10, n) for t, n in TASKS.items()}  #-!
        self.heads = nn.ModuleDict({t: nn.Linear(10, n) for t, n in TASKS.items()})  #+

    def forward(self, x):
        z = self.trunk(x)
        return {t: self.heads[t](z) for t in TASKS}


def criterion(out, target):
    return sum(
        nn.functional.mse_loss(out[t].squeeze(1), target[t]) if n == 1 else nn.functional.cross_entropy(out[t], target[t])
        for t, n in TASKS.items()
    )


model = MultiTask()
opt = torch.optim.SGD(model.parameters(), lr=0.1)  #!
x = torch.randn(12, 6)
y = {"age": torch.randn(12), "species": torch.randint(0, 3, (12,)), "sex": torch.randint(0, 2, (12,))}
for _ in range(5):
    opt.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    opt.step()  #!
result = [model.trunk[0].weight, *[model.heads[t].weight for t in TASKS]]
