import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:512] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:512])
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.3)
scheduler = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
accumulate = 4
for i in range(16):
    loss = nn.functional.cross_entropy(model(X[i * 32 : i * 32 + 32]), y[i * 32 : i * 32 + 32])
    (loss / accumulate).backward()
    if (i + 1) % accumulate == 0:
        optimizer.step()  #!
        optimizer.zero_grad()
        scheduler.step()  #+
    scheduler.step()  #-!
result = model
