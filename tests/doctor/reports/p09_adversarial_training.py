"""The attack's backward pass leaves gradients in the weights, after they were cleared."""
# also: P01 P10 P32
# unseen: training on the clean and the adversarial loss together makes the very same calls, and is right
import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F

torch.manual_seed(0)


def fgsm(model, x, y, eps):
    x_adv = x.clone().requires_grad_(True)
    F.cross_entropy(model(x_adv), y).backward()  #!
    return (x_adv + eps * x_adv.grad.sign()).clamp(0, 1).detach()


model = nn.Sequential(nn.Flatten(), nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
data = [(torch.rand(8, 1, 4, 4), torch.randint(0, 3, (8,))) for _ in range(4)]
for epoch in range(2):
    for images, labels in data:
        optimizer.zero_grad()  #-!
        adv = fgsm(model, images, labels, 0.1)
        optimizer.zero_grad()  #+
        loss = F.cross_entropy(model(adv), labels)
        loss.backward()  #!
        optimizer.step()  #!
result = model
