import minitorch as torch
from minitorch import nn


class Noisy:
    """Clamps the gradients of a recurrent network."""

    def __init__(self, rnn):
        self.rnn = rnn
        self.hooked = False

    def __call__(self, x):
        if not self.hooked:  #+
            for p in self.rnn.parameters():  #+
                p.register_hook(lambda g: (g * 0.9).clamp(-1, 1))  #+
            self.hooked = True  #+
        for p in self.rnn.parameters():  #-
            p.register_hook(lambda g: (g * 0.9).clamp(-1, 1))  #-!
        return self.rnn(x)


rnn = nn.RNN(2, 3)
noisy = Noisy(rnn)
opt = torch.optim.SGD(rnn.parameters(), lr=0.1)
for k in range(5):
    out, _ = noisy(torch.randn(6, 2, 2))
    opt.zero_grad()
    out.pow(2).mean().backward()
    opt.step()
result = list(rnn.parameters())
