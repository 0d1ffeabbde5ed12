"""Gradient descent by hand over several tensors, gradients by autograd.grad, momentum in a dict."""
import minitorch as torch

torch.manual_seed(0)
params = {"w1": torch.randn(4, 6, requires_grad=True), "b1": torch.zeros(6, requires_grad=True),
          "w2": torch.randn(6, 1, requires_grad=True)}
velocity = {k: torch.zeros_like(v) for k, v in params.items()}
x = torch.randn(20, 4)
y = (x[:, :1] * x[:, 1:2]).detach()
for epoch in range(15):
    pred = torch.tanh(x @ params["w1"] + params["b1"]) @ params["w2"]
    loss = ((pred - y) ** 2).mean()
    grads = torch.autograd.grad(loss, params.values())
    with torch.no_grad():
        for (k, p), g in zip(params.items(), grads):
            velocity[k].mul_(0.9).add_(g)
            p.sub_(velocity[k], alpha=0.02)
x.requires_grad_(True)
((torch.tanh(x @ params["w1"] + params["b1"]) @ params["w2"]).sum()).backward()
