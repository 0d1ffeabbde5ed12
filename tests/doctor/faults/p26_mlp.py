import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_iris

iris = load_iris()
x = torch.tensor(iris.data, dtype=torch.float32)
y = torch.tensor(iris.target)


class Classifier(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 16), nn.Tanh())
        self.head = nn.Linear(16, classes)

    def forward(self, x):
        return self.head(self.body(x))


model = Classifier(classes=1000)
optimizer = optim.SGD(model.parameters(), lr=0.05)  #-!
model.head = nn.Linear(16, 3)  #!
optimizer = optim.SGD(model.parameters(), lr=0.05)  #+
for step in range(6):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
result = model
