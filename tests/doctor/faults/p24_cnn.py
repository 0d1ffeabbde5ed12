"""A saliency map in the middle of a window."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
x, y = torch.tensor(d.images[:192, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:192])
net = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Dropout(0.1), nn.Linear(36, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)


def saliency(image, label):
    net.eval()
    image = image.clone().requires_grad_()
    score = net(image)[0, label]
    score.backward()  #-!
    heat = image.grad.abs()  #-
    heat = torch.autograd.grad(score, image)[0].abs()  #+
    net.train()
    return heat


maps = []
for i in range(12):
    (nn.functional.cross_entropy(net(x[i * 16 : i * 16 + 16]), y[i * 16 : i * 16 + 16]) / 4).backward()
    if i % 4 == 1:
        maps.append(saliency(x[i : i + 1], int(y[i])))
    if (i + 1) % 4 == 0:
        opt.step()  #!
        opt.zero_grad()
result = net
