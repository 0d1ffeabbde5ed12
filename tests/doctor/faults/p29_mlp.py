import minitorch as torch
from minitorch import nn, optim

X, y = torch.randn(64, 4), torch.randint(0, 2, (64,))
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
loss_fn = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.1)
total_loss = 0
for i in range(0, 64, 8):
    optimizer.zero_grad()
    loss = loss_fn(model(X[i : i + 8]), y[i : i + 8])
    loss.backward()
    optimizer.step()
    total_loss += loss  #-!
    total_loss += loss.item()  #+
result = [float(hasattr(total_loss, "grad_fn") and total_loss.grad_fn is not None)]
