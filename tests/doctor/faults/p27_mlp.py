import minitorch as torch
from minitorch import nn, optim

X = torch.randn(32, 5)
y = (X.sum(1) > 0).long()
body, head = nn.Linear(5, 8), nn.Linear(8, 2)
model = nn.Sequential(body, nn.ReLU(), head)
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

for step in range(10):
    if step == 4:
        for p in body.parameters():
            p.requires_grad = False  #!
            p.grad = None  #+
    optimizer.zero_grad(set_to_none=False)
    loss = nn.functional.cross_entropy(model(X), y)
    loss.backward()
    optimizer.step()
result = model
