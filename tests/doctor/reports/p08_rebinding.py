"""A loop that sets a local name to zeros, and thinks the gradients are cleared."""
# also: P01
import minitorch as torch

torch.manual_seed(4)
W1 = torch.randn(5, 7, requires_grad=True)
W2 = torch.randn(7, 2, requires_grad=True)
x, y = torch.randn(12, 5), torch.randn(12, 2)
lr = 1e-3
for t in range(20):
    y_pred = x.mm(W1).clamp(min=0).mm(W2)
    loss = (y_pred - y).pow(2).sum()
    loss.backward()  #!
    with torch.no_grad():
        for W in (W1, W2):
            W -= lr * W.grad  #!
            grad = W.grad
            grad = torch.zeros_like(grad)  #-!
            grad.zero_()  #+
result = [W1, W2]
