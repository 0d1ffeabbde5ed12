import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_diabetes

data = load_diabetes()
X = torch.tensor(data.data[:100] * 20, dtype=torch.float32)
y = torch.tensor(data.target[:100] / 100, dtype=torch.float32)
model = nn.Linear(10, 1)
opt = optim.SGD(model.parameters(), lr=0.05)
criterion = nn.MSELoss()
for epoch in range(5):
    opt.zero_grad()
    pred = model(X)
    pred = pred.squeeze(1)  #+
    loss = criterion(pred, y)  #!
    loss.backward()
    opt.step()
result = model
