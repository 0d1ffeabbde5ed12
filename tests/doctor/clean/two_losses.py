"""Two losses, two backward passes, one step; the first keeps the trunk's graph for the second."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(64, 6)
a, b = x[:, :1] * 2, (x[:, 1] > 0).long()
trunk, head_a, head_b = nn.Sequential(nn.Linear(6, 8), nn.Tanh()), nn.Linear(8, 1), nn.Linear(8, 2)
opt = torch.optim.Adam([p for m in (trunk, head_a, head_b) for p in m.parameters()], lr=1e-2)
for i in range(0, 64, 8):
    opt.zero_grad()
    shared = trunk(x[i : i + 8])
    loss_a = nn.functional.mse_loss(head_a(shared), a[i : i + 8])
    loss_b = nn.functional.cross_entropy(head_b(shared), b[i : i + 8])
    loss_a.backward(retain_graph=True)
    loss_b.backward()
    opt.step()
