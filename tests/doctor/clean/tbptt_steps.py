"""A step for every chunk; the state of an LSTM is repackaged."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
tokens = torch.randint(0, 11, (61, 4))


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.lstm, self.out = nn.Embedding(11, 6), nn.LSTM(6, 6), nn.Linear(6, 11)

    def forward(self, x, hidden):
        y, hidden = self.lstm(self.emb(x), hidden)
        return self.out(y), hidden

    def init_hidden(self, n):
        weight = next(self.parameters())
        return weight.new_zeros(1, n, 6), weight.new_zeros(1, n, 6)


def repackage_hidden(h):
    return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage_hidden(v) for v in h)


lm = LM()
opt = torch.optim.SGD(lm.parameters(), lr=0.5)
hidden = lm.init_hidden(4)
total_loss = 0.0
for i in range(0, 60, 10):
    lm.zero_grad()
    hidden = repackage_hidden(hidden)
    output, hidden = lm(tokens[i : i + 10], hidden)
    loss = nn.functional.cross_entropy(output.view(-1, 11), tokens[i + 1 : i + 11].reshape(-1))
    loss.backward()
    nn.utils.clip_grad_norm_(lm.parameters(), 0.25)
    opt.step()
    total_loss += loss.item()
