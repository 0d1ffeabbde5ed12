"""Sequence to sequence with teacher forcing, a mask, scheduled sampling; two optimizers for encoder and decoder."""
import random

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
random.seed(0)
V, H = 7, 8
enc_emb, enc = nn.Embedding(V, H), nn.GRU(H, H)
dec_emb, dec, out = nn.Embedding(V, H), nn.GRUCell(H, H), nn.Linear(H, V)
enc_opt = torch.optim.SGD([*enc_emb.parameters(), *enc.parameters()], lr=0.1)
dec_opt = torch.optim.SGD([*dec_emb.parameters(), *dec.parameters(), *out.parameters()], lr=0.1)


def train(src, tgt, lengths):
    enc_opt.zero_grad()
    dec_opt.zero_grad()
    _, h = enc(enc_emb(src))
    h, tok, loss, total = h[0], torch.zeros(src.shape[1], dtype=torch.long), 0, 0
    forcing = random.random() < 0.5
    for t in range(tgt.shape[0]):
        h = dec(dec_emb(tok), h)
        logits = out(h)
        mask = (t < lengths).float()
        step = nn.functional.cross_entropy(logits, tgt[t], reduction="none")
        loss = loss + (step * mask).sum()
        total += mask.sum().item()
        tok = tgt[t] if forcing else logits.topk(1)[1].squeeze(1).detach()
    (loss / total).backward()
    enc_opt.step()
    dec_opt.step()
    return loss.item() / total


for _ in range(5):
    train(torch.randint(0, V, (4, 3)), torch.randint(0, V, (5, 3)), torch.randint(1, 6, (3,)))
