"""A language model whose embedding is its output layer, in two parameter groups made by hand."""

import minitorch as torch
from minitorch import nn

text = "the quick brown fox jumps over the lazy dog and the slow red fox sleeps "
chars = sorted(set(text))
codes = torch.tensor([chars.index(c) for c in text])


class CharLM(nn.Module):
    def __init__(self, n, dim=8):
        super().__init__()
        self.embed = nn.Embedding(n, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, n)
        self.out.weight = self.embed.weight

    def forward(self, x):
        return self.out(self.rnn(self.embed(x))[0])


lm = CharLM(len(chars))
groups = []
for layer in (lm.embed, lm.rnn, lm.out):
    groups += [p for p in layer.parameters() if all(p is not q for q in groups)]  #+
    groups.extend(layer.parameters())  #-!
optimizer = torch.optim.Adam(groups, lr=0.01)  #!
for start in range(0, 60, 12):
    optimizer.zero_grad()
    logits = lm(codes[None, start : start + 11])
    loss = nn.functional.cross_entropy(logits[0], codes[start + 1 : start + 12])
    loss.backward()
    optimizer.step()
result = lm
