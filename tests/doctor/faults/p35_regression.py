import minitorch as torch

X = torch.randn(30, 2)
y = X @ torch.tensor([1.0, -2.0])
w = torch.zeros(2, requires_grad=True)
lr = 0.1
history = []
try:
    for _ in range(4):
        loss = ((X @ w - y) ** 2).mean()
        loss.backward()
        history.append(loss.item())
        w = w - lr * w.grad  #-!
        with torch.no_grad():  #+
            w -= lr * w.grad  #+
        w.grad = None  #+
except TypeError:
    pass
result = [w]
