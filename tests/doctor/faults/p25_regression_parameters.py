import minitorch as torch
import minitorch.nn as nn


class Polynomial(nn.Module):
    def __init__(self, degree):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))
        coefficients = tuple(nn.Parameter(torch.zeros(1)) for _ in range(degree))
        self.coefficients = coefficients  #-!
        self.coefficients = nn.ParameterList(coefficients)  #+

    def forward(self, x):
        y = self.bias
        for k, c in enumerate(self.coefficients):
            y = y + c * x ** (k + 1)
        return y


x = torch.linspace(-1, 1, 40)
y = 2 * x - x**3
p = Polynomial(3)
sgd = torch.optim.SGD(p.parameters(), lr=0.1)
for t in range(10):
    error = ((p(x) - y) ** 2).mean()
    sgd.zero_grad()
    error.backward()
    sgd.step()
result = [p.bias, *p.coefficients]
