import minitorch as torch
from minitorch import nn, optim


def log_features(f, limit=0.5):
    """Keeps a clipped copy."""
    a = f.detach().numpy()  #-!
    a = f.detach().numpy().copy()  #+
    a[a > limit] = limit  #!
    return a


conv, fc = nn.Conv2d(1, 3, 3), nn.Linear(48, 2)
opt = optim.SGD([*conv.parameters(), *fc.parameters()], lr=0.1)
x, y = torch.randn(8, 1, 6, 6), torch.randint(0, 2, (8,))
seen = []
for _ in range(3):
    f = torch.tanh(conv(x))
    out = fc(f.flatten(1))
    seen.append(log_features(f))
    loss = nn.functional.cross_entropy(out, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
result = [conv, fc]
