import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target)

model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.05)

for epoch in range(2):
    for i in range(0, 512, 64):
        optimizer.zero_grad()  #+
        loss = criterion(model(X[i : i + 64]), y[i : i + 64])
        loss.backward()  #!
        optimizer.step()  #!

result = model
