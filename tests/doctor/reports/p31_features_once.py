"""The encoder is run once, and its graph retained for all steps: its gradients are of weights long gone."""
# also: P30 P36
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
encoder = nn.Linear(5, 6)
head = nn.Linear(6, 2)
params = [*encoder.parameters(), *head.parameters()]
optimizer = torch.optim.SGD(params, lr=0.5)
x, y = torch.randn(16, 5), torch.randint(0, 2, (16,))
z = torch.tanh(encoder(x))  #-!
for i in range(8):
    z = torch.tanh(encoder(x))  #+
    logits = head(z)  #!
    loss = nn.functional.cross_entropy(logits, y)
    optimizer.zero_grad()
    loss.backward(retain_graph=True)  #!
    optimizer.step()
result = params
