"""Two halves are trained in turn by one optimizer, through requires_grad and zero_grad."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
a, b = nn.Linear(4, 4), nn.Linear(4, 1)
opt = torch.optim.SGD([*a.parameters(), *b.parameters()], lr=0.1)
for epoch in range(6):
    a.requires_grad_(epoch % 2 == 0)
    b.requires_grad_(epoch % 2 == 1)
    opt.zero_grad(set_to_none=True)
    for _ in range(3):
        x = torch.randn(8, 4)
        opt.zero_grad(set_to_none=True)
        nn.functional.mse_loss(b(torch.tanh(a(x))), x[:, :1]).backward()
        opt.step()
