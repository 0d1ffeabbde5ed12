"""Labels for weakly changed inputs from the model itself, in training mode and without gradients."""

import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn, optim

model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
opt = optim.SGD(model.parameters(), lr=0.05)
for _ in range(8):
    x, y, u = torch.randn(8, 6), torch.randint(0, 3, (8,)), torch.randn(24, 6)
    with torch.no_grad():
        p = F.softmax(model(u + 0.1 * torch.randn(24, 6)), dim=1)
        confidence, label = p.max(dim=1)
    loss = F.cross_entropy(model(x), y)
    strong = model(u + 0.5 * torch.randn(24, 6))
    loss = loss + (F.cross_entropy(strong, label, reduction="none") * (confidence > 0.4).float()).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
