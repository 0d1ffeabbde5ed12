"""Fast weights made by autograd.grad, a retained intermediate, and a look at .grad of a leaf before any backward."""

import minitorch as torch

w = torch.randn(3, requires_grad=True)
print(w.grad)
opt = torch.optim.SGD([w], lr=0.1)
for _ in range(5):
    x = torch.randn(6, 3)
    fast = w
    for _ in range(2):
        (g,) = torch.autograd.grad((x @ fast).pow(2).mean(), fast, create_graph=True)
        fast = fast - 0.1 * g
    hidden = x @ fast
    hidden.retain_grad()
    opt.zero_grad()
    hidden.pow(2).mean().backward()
    print(hidden.grad.abs().mean().item(), repr(hidden))
    opt.step()
