"""An autoencoder with a classifier: the encoder is in both optimizers, and both are stepped on one loss."""
import itertools

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
encoder = nn.Linear(8, 4)
decoder = nn.Linear(4, 8)
clf = nn.Linear(4, 2)
opt_ae = torch.optim.Adam(itertools.chain(encoder.parameters(), decoder.parameters()), lr=1e-2)
opt_clf = torch.optim.Adam(itertools.chain(encoder.parameters(), clf.parameters()), lr=1e-2)  #-!
opt_clf = torch.optim.Adam(clf.parameters(), lr=1e-2)  #+
x = torch.randn(20, 8)
y = torch.randint(0, 2, (20,))
for _ in range(8):
    code = torch.tanh(encoder(x))
    loss = nn.functional.mse_loss(decoder(code), x) + 0.5 * nn.functional.cross_entropy(clf(code), y)
    opt_ae.zero_grad()
    opt_clf.zero_grad()
    loss.backward()
    opt_ae.step()  #!
    opt_clf.step()  #!
result = [*encoder.parameters(), *decoder.parameters(), *clf.parameters()]
