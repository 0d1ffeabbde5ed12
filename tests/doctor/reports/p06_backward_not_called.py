"""backward without its parentheses."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
w = nn.Linear(3, 1)
crit = nn.MSELoss()
opt = torch.optim.SGD(w.parameters(), lr=1e-1)
X = torch.randn(30, 3)
Y = X @ torch.tensor([[1.0], [-2.0], [0.5]])
for it in range(15):
    opt.zero_grad()
    yhat = w(X)
    loss = crit(yhat, Y)
    loss.backward  #-!
    loss.backward()  #+
    opt.step()  #!
    if it % 5 == 0:
        print(end="")
result = w
