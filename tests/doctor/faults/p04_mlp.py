import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:512] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:512])
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.1)
accumulation_steps = 4

for i, start in enumerate(range(0, 512, 32)):
    optimizer.zero_grad()  #-!
    loss = nn.functional.cross_entropy(model(X[start : start + 32]), y[start : start + 32])
    loss = loss / accumulation_steps
    loss.backward()  #!
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()  #!
        optimizer.zero_grad()  #+
result = model
