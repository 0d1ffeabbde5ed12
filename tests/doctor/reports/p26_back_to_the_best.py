"""Early stopping: the model is replaced by the copy of the best, and trained further; the optimizer has the old one."""
# also: P28 P25 P06
import copy

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)  #!
x, y = torch.randn(16, 3), torch.randn(16, 1)
best, best_model = float("inf"), None


def fit(net, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward()  #!
        optimizer.step()  #!
    return loss.item()


for round_ in range(3):
    value = fit(model, 3)
    if value < best:
        best, best_model = value, copy.deepcopy(model)
model = best_model  #-!
model.load_state_dict(best_model.state_dict())  #+
for group in optimizer.param_groups:
    group["lr"] = 0.05
fit(model, 5)
result = model
