"""The clearing is of one part of the model only, and of all of it once an epoch."""

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(80, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=10)
encoder, decoder = nn.Linear(4, 6), nn.Linear(6, 1)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
for epoch in range(2):
    opt.zero_grad()  #!
    for xb, yb in loader:
        decoder.zero_grad()  #!
        encoder.zero_grad()  #+
        loss = nn.functional.mse_loss(decoder(torch.tanh(encoder(xb))), yb)
        loss.backward()  #!
        opt.step()  #!
result = [encoder, decoder]
