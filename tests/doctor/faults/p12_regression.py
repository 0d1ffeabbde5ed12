import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_diabetes

X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X[:100] * 20, dtype=torch.float64)
y = torch.tensor((y[:100] - 150) / 77, dtype=torch.float64)
model = nn.Linear(10, 1).double()
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=6)


def closure():
    optimizer.zero_grad()  #+
    loss = (model(X).squeeze(1) - y).pow(2).mean()
    loss.backward()  #!
    return loss


for _ in range(3):
    optimizer.step(closure)  #!
result = model
