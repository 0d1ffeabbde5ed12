import minitorch as torch
from minitorch import nn, optim

model = nn.Linear(4, 2)
opt = optim.SGD(model.parameters(), lr=0.1)
graphs = 0
for _ in range(5):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(model(torch.randn(8, 4)), torch.randint(0, 2, (8,)))
    loss.backward(retain_graph=True)  #-!
    loss.backward()  #+
    opt.step()
    graphs += loss.grad_fn.saved is not None
result = [float(graphs)]
