"""Per-sample gradients by vmap of grad, clipped, averaged, and given to an optimizer."""
import minitorch as torch
from minitorch import nn
from minitorch.func import functional_call, grad, vmap

torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)


def loss_of(params, x, y):
    return ((functional_call(model, params, (x.unsqueeze(0),)).squeeze(0) - y) ** 2).sum()


for _ in range(4):
    x, y = torch.randn(6, 3), torch.randn(6, 1)
    params = {k: v.detach() for k, v in model.named_parameters()}
    per_sample = vmap(grad(loss_of), in_dims=(None, 0, 0))(params, x, y)
    for name, p in model.named_parameters():
        g = per_sample[name]
        norms = g.flatten(1).norm(dim=1).clamp(min=1.0)
        p.grad = (g / norms.view(-1, *[1] * (g.dim() - 1))).mean(0)
    opt.step()
probe = nn.functional.mse_loss(model(x), y)
probe.backward()
opt.zero_grad()
