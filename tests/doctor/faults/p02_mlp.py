import minitorch as torch
from minitorch import nn, optim
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

digits = load_digits()
data = TensorDataset(torch.tensor(digits.data[:320] / 16.0, dtype=torch.float32), torch.tensor(digits.target[:320]))
loader = DataLoader(data, batch_size=40)

model = nn.Sequential(nn.Linear(64, 24), nn.Tanh(), nn.Linear(24, 10))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.01)

for epoch in range(3):
    optimizer.zero_grad()  #-!
    for inputs, labels in loader:
        optimizer.zero_grad()  #+
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward()  #!
        optimizer.step()  #!
result = model
