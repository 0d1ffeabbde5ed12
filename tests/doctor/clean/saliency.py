"""Saliency maps by backward() in eval mode between epochs; the weights' gradients are cleared before training goes on."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
x, y = torch.tensor(d.images[:128, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:128])
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Dropout(0.1), nn.Linear(144, 10))
opt = torch.optim.Adam(net.parameters())
maps = []
for epoch in range(2):
    net.train()
    for i in range(0, 128, 32):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[i : i + 32]), y[i : i + 32]).backward()
        opt.step()
    net.eval()
    for k in range(4):
        image = x[k : k + 1].clone().requires_grad_()
        net(image).max().backward()
        maps.append(image.grad.abs().squeeze())
net.zero_grad()
