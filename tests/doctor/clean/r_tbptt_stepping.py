"""A language model that steps at each chunk, and repackages its hidden state recursively."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


def repackage(h):
    return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage(v) for v in h)


emb, lstm, dec = nn.Embedding(8, 6), nn.LSTM(6, 6, num_layers=2, dropout=0.1), nn.Linear(6, 8)
dec.weight = emb.weight
model = nn.ModuleList([emb, lstm, dec])
lr, data = 1.0, torch.randint(0, 8, (25, 3))
for epoch in range(2):
    model.train()
    h = (torch.zeros(2, 3, 6), torch.zeros(2, 3, 6))
    for i in range(0, 24, 6):
        model.zero_grad()
        h = repackage(h)
        out, h = lstm(emb(data[i : i + 6]), h)
        nn.functional.cross_entropy(dec(out).view(-1, 8), data[i + 1 : i + 7].reshape(-1)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-lr)
    model.eval()
    with torch.no_grad():
        out, _ = lstm(emb(data[:6]), (torch.zeros(2, 3, 6), torch.zeros(2, 3, 6)))
    lr /= 4
