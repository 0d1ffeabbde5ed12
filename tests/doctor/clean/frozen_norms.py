"""Batch norm frozen on purpose: those layers stay in eval mode while the rest trains; a validation puts modes back."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

d = load_digits()
x, y = torch.tensor(d.images[:160, None] / 16.0, dtype=torch.float32), torch.tensor(d.target[:160])
net = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.1), nn.Linear(36, 10))


def freeze_bn(model):
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.eval()


opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(2):
    net.train()
    freeze_bn(net)
    for i in range(0, 128, 32):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[i : i + 32]), y[i : i + 32]).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        hits = (net(x[128:]).argmax(1) == y[128:]).sum().item()
