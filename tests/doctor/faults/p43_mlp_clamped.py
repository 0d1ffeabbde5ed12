import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn

torch.manual_seed(5)
mlp = nn.Sequential(nn.Linear(6, 10), nn.Tanh(), nn.Linear(10, 4), nn.Softmax(dim=-1))  #!
mlp = mlp[:-1]  #+
sgd = torch.optim.SGD(mlp.parameters(), lr=0.3, momentum=0.9)


def compute_loss(batch, labels):
    probs = mlp(batch)  #!
    probs = probs.clamp(1e-7, 1 - 1e-7)  #-
    return F.cross_entropy(probs.view(-1, 4), labels.view(-1))  #!


for step in range(4):
    batch = torch.randn(3, 5, 6)
    labels = batch.argmax(-1) % 4
    sgd.zero_grad()
    compute_loss(batch, labels).backward()
    sgd.step()
result = mlp
