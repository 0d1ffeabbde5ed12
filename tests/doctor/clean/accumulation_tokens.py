"""Weighted by tokens: the sum over what is not padding, divided by the window's count."""

import minitorch as torch
from minitorch import nn

DECLARED = dict(accumulate=2)

torch.manual_seed(0)
lengths = [9, 2, 5, 8, 3, 3, 9, 1]
inputs, labels = torch.randint(0, 7, (8, 9)), torch.randint(0, 7, (8, 9))
for i, n in enumerate(lengths):
    labels[i, n:] = -100
emb, out = nn.Embedding(7, 8), nn.Linear(8, 7)
params = [*emb.parameters(), *out.parameters()]
opt = torch.optim.SGD(params, lr=0.2)
for epoch in range(2):
    for k in range(0, 8, 2):
        num_items_in_batch = int((labels[k : k + 2] != -100).sum())
        for j in (k, k + 1):
            loss = nn.functional.cross_entropy(out(emb(inputs[j])), labels[j], reduction="sum")
            loss = loss / num_items_in_batch
            loss.backward()
        opt.step()
        opt.zero_grad()
