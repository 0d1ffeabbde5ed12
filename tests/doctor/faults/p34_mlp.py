import minitorch as torch
import numpy as np
from minitorch import nn, optim


def my_cross_entropy(logits, target):
    """The mean of -log p, with NumPy."""
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return -np.log(p[np.arange(len(target)), target]).mean()


X, y = torch.randn(40, 5), torch.randint(0, 3, (40,))
model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
optimizer = optim.SGD(model.parameters(), lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    out = model(X)
    loss = torch.tensor(my_cross_entropy(out.detach().numpy(), y.numpy()), requires_grad=True)  #-!
    loss = nn.functional.cross_entropy(out, y)  #+
    loss.backward()  #!
    optimizer.step()
result = model
