"""Sentences of different lengths: the mean over the tokens of each micro-batch."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
PAD = -100
lengths = [12, 10, 3, 2, 11, 4, 9, 2]
inputs = torch.randint(0, 9, (8, 12))
targets = torch.randint(0, 9, (8, 12))
for row, n in enumerate(lengths):
    targets[row, n:] = PAD


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(9, 6)
        self.rnn = nn.GRU(6, 8, batch_first=True)
        self.out = nn.Linear(8, 9)

    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0])


tagger = Tagger()
opt = torch.optim.SGD(tagger.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss(ignore_index=PAD)  #-
criterion = nn.CrossEntropyLoss(ignore_index=PAD, reduction="sum")  #+
for epoch in range(3):
    for window in (range(0, 4), range(4, 8)):
        tokens = sum(lengths[i] for i in window)
        for i in window:
            logits = tagger(inputs[i : i + 1])
            loss = criterion(logits.reshape(-1, 9), targets[i])
            (loss / 4).backward()  #-!
            (loss / tokens).backward()  #+
        opt.step()  #!
        opt.zero_grad()
result = tagger
