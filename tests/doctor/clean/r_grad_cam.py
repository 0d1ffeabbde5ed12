"""Saliency and Grad-CAM after each epoch, in eval mode, with a hook that is removed; gradients are cleared before training."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
conv = nn.Conv2d(1, 3, 3, padding=1)
model = nn.Sequential(conv, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)


def grad_cam(image, target):
    store = {}
    handle = conv.register_forward_hook(lambda m, i, o: store.update(a=o))
    model.eval()
    score = model(image)[0, target]
    handle.remove()
    g = torch.autograd.grad(score, store["a"])[0]
    model.train()
    return torch.relu((g.mean((2, 3), keepdim=True) * store["a"]).sum(1)).detach()


for epoch in range(3):
    for _ in range(2):
        x, y = torch.randn(4, 1, 5, 5), torch.randint(0, 2, (4,))
        opt.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        opt.step()
    cam = grad_cam(x[:1], 1)
    image = x[:1].clone().requires_grad_(True)
    model(image).max().backward()
    saliency = image.grad.abs().max()
