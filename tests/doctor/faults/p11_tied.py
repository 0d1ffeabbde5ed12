"""An autoencoder with tied weights, listed twice."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

X = torch.tensor(load_digits().data[:256] / 16.0, dtype=torch.float32)


class Encoder(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight, self.bias = weight, nn.Parameter(torch.zeros(8))

    def forward(self, x):
        return torch.tanh(x @ self.weight + self.bias)


class Decoder(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight, self.bias = weight, nn.Parameter(torch.zeros(64))

    def forward(self, z):
        return z @ self.weight.t() + self.bias


shared = nn.Parameter(torch.randn(64, 8) * 0.1)
enc, dec = Encoder(shared), Decoder(shared)
params = list(enc.parameters()) + list(dec.parameters())  #!
params = list({id(p): p for p in params}.values())  #+
opt = torch.optim.SGD(params, lr=0.1)  #!
for i in range(0, 256, 64):
    opt.zero_grad()
    loss = (dec(enc(X[i : i + 64])) - X[i : i + 64]).pow(2).mean()
    loss.backward()
    opt.step()
result = [enc, dec]
