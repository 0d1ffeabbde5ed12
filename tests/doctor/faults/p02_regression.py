import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_diabetes

X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X[:200] * 20, dtype=torch.float32)
y = torch.tensor((y[:200] - 150) / 77, dtype=torch.float32).unsqueeze(1)

reg = nn.Linear(10, 1)
opt = torch.optim.SGD(reg.parameters(), lr=0.01)
for epoch in range(4):
    for p in reg.parameters():  #-
        p.grad = None  #-!
    total = 0.0
    for i in range(0, 200, 50):
        for p in reg.parameters():  #+
            p.grad = None  #+
        loss = ((reg(X[i : i + 50]) - y[i : i + 50]) ** 2).mean()
        loss.backward()  #!
        opt.step()  #!
        total += loss.item()
result = reg
