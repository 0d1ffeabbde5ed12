import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(9, 4), nn.RNN(4, 5, batch_first=True), nn.Linear(5, 2)

    def forward(self, t):
        h, _ = self.rnn(embed(self.emb, t, self.training))
        return self.out(h)


def embed(table, t, training):
    return F.dropout(table(t), p=0.3)  #-!
    return F.dropout(table(t), p=0.3, training=training)  #+


tagger = Tagger()
tokens = torch.randint(0, 9, (4, 6))
opt = torch.optim.SGD(tagger.parameters(), lr=0.1)
for epoch in range(2):
    tagger.train()
    loss = F.cross_entropy(tagger(tokens).transpose(1, 2), tokens % 2)
    opt.zero_grad()
    loss.backward()
    opt.step()
    tagger.eval()
    with torch.no_grad():
        predicted = tagger(tokens)
result = [predicted]
