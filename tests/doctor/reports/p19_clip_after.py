"""Clipped after the step."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
rnn, out = nn.RNN(2, 8, batch_first=True), nn.Linear(8, 2)
params = [*rnn.parameters(), *out.parameters()]
optimizer = torch.optim.SGD(params, lr=1.0)
for it in range(10):
    seq = torch.randn(3, 6, 2)
    y, _ = rnn(seq[:, :-1])
    loss = nn.functional.mse_loss(out(y), seq[:, 1:])
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(params, 0.01)  #+
    optimizer.step()  #!
    nn.utils.clip_grad_value_(params, 0.01)  #-!
result = params
