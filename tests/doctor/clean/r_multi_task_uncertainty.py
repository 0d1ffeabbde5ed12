"""Several tasks weighted by learned variances; one is missing in some of the batches; gradients surgery by hand (PCGrad)."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
trunk = nn.Linear(5, 8)
heads = nn.ModuleDict({"a": nn.Linear(8, 1), "b": nn.Linear(8, 3)})
log_var = nn.Parameter(torch.zeros(2))
params = [*trunk.parameters(), *heads.parameters(), log_var]
opt = torch.optim.Adam(params, lr=1e-2)
for i in range(8):
    x = torch.randn(6, 5)
    h = torch.relu(trunk(x))
    loss = (-log_var[0]).exp() * nn.functional.mse_loss(heads["a"](h), torch.randn(6, 1)) + log_var[0]
    if i % 3:
        loss = loss + (-log_var[1]).exp() * nn.functional.cross_entropy(heads["b"](h), torch.randint(0, 3, (6,))) + log_var[1]
    opt.zero_grad()
    loss.backward()
    opt.step()
sgd = torch.optim.SGD(trunk.parameters(), lr=0.1)
for _ in range(4):
    h = trunk(torch.randn(6, 5))
    losses = [h[:, :4].pow(2).mean(), (h[:, 2:] - 1).pow(2).mean()]
    grads = []
    for k, loss in enumerate(losses):
        sgd.zero_grad()
        loss.backward(retain_graph=k == 0)
        grads.append([p.grad.clone() for p in trunk.parameters()])
    for p, g1, g2 in zip(trunk.parameters(), *grads):
        dot = (g1 * g2).sum()
        p.grad = g1 + g2 - (dot / g2.pow(2).sum() * g2 if dot < 0 else 0)
    sgd.step()
