"""A small attention model with label smoothing, warm-up and accumulation weighted by tokens."""

import minitorch as torch
from minitorch import nn

DECLARED = dict(accumulate=2)

torch.manual_seed(0)
tokens = torch.randint(1, 12, (16, 9))
for i in range(16):
    tokens[i, 9 - i % 5 :] = 0


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.pos = nn.Embedding(12, 8, padding_idx=0), nn.Parameter(torch.zeros(8, 8))
        self.qkv, self.out, self.norm = nn.Linear(8, 24), nn.Linear(8, 12), nn.LayerNorm(8)

    def forward(self, x):
        h = self.emb(x) + self.pos
        q, k, v = self.qkv(h).chunk(3, dim=-1)
        h = h + nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(self.norm(h))


model = Model()
opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
warm = torch.optim.lr_scheduler.LambdaLR(opt, lambda n: min(1, (n + 1) / 4))
for epoch in range(2):
    for window in tokens.split(8):
        count = (window[:, 1:] != 0).sum()
        for micro in window.split(4):
            logits = model(micro[:, :-1])
            loss = nn.functional.cross_entropy(logits.reshape(-1, 12), micro[:, 1:].reshape(-1), ignore_index=0, reduction="sum")
            (loss / count).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        warm.step()
        opt.zero_grad()
