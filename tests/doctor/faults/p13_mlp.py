import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:512] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:512])
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.05)
accum_iter = 4

for batch_idx, i in enumerate(range(0, 512, 32)):
    loss = nn.functional.cross_entropy(model(X[i : i + 32]), y[i : i + 32])
    loss = loss / accum_iter  #+
    loss.backward()  #!
    if ((batch_idx + 1) % accum_iter == 0) or (batch_idx + 1 == 16):
        optimizer.step()  #!
        optimizer.zero_grad()
result = model
