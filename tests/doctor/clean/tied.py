"""Tied embeddings, listed once by the module's parameters()."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(9, 6), nn.RNN(6, 6, batch_first=True), nn.Linear(6, 9, bias=False)
        self.out.weight = self.emb.weight

    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0])


lm = LM()
opt = torch.optim.AdamW(lm.parameters(), lr=1e-2)
text = torch.randint(0, 9, (8, 8))
for step in range(6):
    loss = nn.functional.cross_entropy(lm(text[:, :-1]).transpose(1, 2), text[:, 1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
