"""Linear regression with bare tensors and an optimizer."""

import minitorch as torch

torch.manual_seed(1)
X = torch.randn(60, 3)
y = X @ torch.tensor([1.0, -2.0, 0.5]) + 0.3
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
optim = torch.optim.SGD([w, b], lr=0.1)

losses = []
step = 0
while step < 12:
    prediction = X @ w + b
    err = (prediction - y).pow(2).mean()
    w.grad = b.grad = None  #+
    err.backward()  #!
    optim.step()  #!
    losses.append(float(err.detach()))
    step += 1
result = [w, b]
