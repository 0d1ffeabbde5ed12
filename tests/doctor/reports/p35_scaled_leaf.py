"""A scaled random tensor is not a leaf; its gradient is None, and the update swallows that."""
# also: P34
import minitorch as torch

torch.manual_seed(0)
X, Y = torch.randn(20, 3), torch.randn(20, 1)
w = torch.randn(3, 1, requires_grad=True) * 0.1  #-!
w = (torch.randn(3, 1) * 0.1).requires_grad_()  #+
b = torch.zeros(1, requires_grad=True)
lr = 0.1


def sgd(params):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:  #!
                p -= lr * p.grad
                p.grad = None


for epoch in range(8):
    loss = ((X @ w + b - Y) ** 2).mean()
    loss.backward(retain_graph=True)  #!
    sgd([w, b])  #!
result = [w.detach(), b]
