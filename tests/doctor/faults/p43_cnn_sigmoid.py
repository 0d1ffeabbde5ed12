import minitorch as torch
from minitorch import nn, optim

model = nn.Sequential(
    nn.Conv2d(1, 2, 3),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(32, 1),
    nn.Sigmoid(),  #-!
)
loss_fn = nn.BCEWithLogitsLoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)
x = torch.randn(10, 1, 6, 6)
y = (x.sum(dim=(1, 2, 3)) > 0).float()
for epoch in range(3):
    optimizer.zero_grad()
    p = model(x).squeeze(-1)  #!
    loss = loss_fn(p, y)  #!
    loss.backward()
    optimizer.step()
result = model
