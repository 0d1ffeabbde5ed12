"""Gradient descent from first principles: the name is bound to a new tensor."""
# also: P30
import minitorch as torch

torch.manual_seed(0)
x = torch.randn(10)
y = 3 * x + 1
m = torch.tensor(0.0, requires_grad=True)
c = torch.tensor(0.0, requires_grad=True)
result = [1.0]
for _ in range(10):
    loss = ((m * x + c - y) ** 2).mean()
    loss.backward()  #!
    m = m - 0.1 * m.grad  #-!
    c = c - 0.1 * c.grad  #-!
    with torch.no_grad():  #+
        m -= 0.1 * m.grad  #+
        c -= 0.1 * c.grad  #+
        m.grad.zero_()  #+
        c.grad.zero_()  #+
result = [2.0]
