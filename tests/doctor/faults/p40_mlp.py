import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_breast_cancer

data = load_breast_cancer()
X = torch.tensor((data.data - data.data.mean(0)) / data.data.std(0), dtype=torch.float32)
y = torch.tensor(data.target)
model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 2))
optimizer = optim.Adam(model.parameters(), lr=0.01)
curve = []
for epoch in range(3):
    model.train()
    for i in range(0, 300, 100):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X[i : i + 100]), y[i : i + 100])
        loss.backward()
        optimizer.step()
    model.eval()  #+
    with torch.no_grad():
        val = nn.functional.cross_entropy(model(X[300:]), y[300:])  #!
    curve.append(val.item())
result = curve
