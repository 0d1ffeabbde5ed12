"""A language model with padding: the mean over each micro-batch's own tokens, then the mean of those."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
V, PAD, GA = 11, -100, 4


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok, self.rnn, self.out = nn.Embedding(V, 8), nn.GRU(8, 8, batch_first=True), nn.Linear(8, V)

    def forward(self, ids):
        return self.out(self.rnn(self.tok(ids))[0])


def collate(lengths):
    ids = torch.randint(0, V, (len(lengths), max(lengths) + 1))
    labels = ids[:, 1:].clone()
    for row, n in enumerate(lengths):
        labels[row, n:] = PAD
    return ids[:, :-1], labels


micro = [collate(n) for n in ([9, 8], [2, 1], [5, 9], [1, 1], [3, 3], [9, 9], [2, 6], [1, 4])]
model = LM()
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
for epoch in range(2):
    for start in range(0, len(micro), GA):
        window = micro[start : start + GA]
        n_tokens = sum((labels != PAD).sum().item() for _, labels in window)
        for ids, labels in window:
            logits = model(ids).reshape(-1, V)
            loss = nn.functional.cross_entropy(logits, labels.reshape(-1), ignore_index=PAD) / GA  #-!
            loss = nn.functional.cross_entropy(logits, labels.reshape(-1), ignore_index=PAD, reduction="sum") / n_tokens  #+
            loss.backward()  #!
        optimizer.step()  #!
        optimizer.zero_grad()
result = model
