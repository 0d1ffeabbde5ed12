import minitorch as torch
from minitorch import nn, optim
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

digits = load_digits()
data = TensorDataset(torch.tensor(digits.data[:288] / 16.0, dtype=torch.float32), torch.tensor(digits.target[:288]))
loader = DataLoader(data, batch_size=32)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = optim.SGD(model.parameters(), lr=0.1)
K = 4
for epoch in range(2):
    for i, (x, y) in enumerate(loader):
        k = min(K, len(loader) - i // K * K)  #+
        loss = nn.functional.cross_entropy(model(x), y)
        loss = loss / K  #-!
        loss = loss / k  #+
        loss.backward()  #!
        if (i + 1) % K == 0 or i + 1 == len(loader):
            optimizer.step()  #!
            optimizer.zero_grad()
result = model
