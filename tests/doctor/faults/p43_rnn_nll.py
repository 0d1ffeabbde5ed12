import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn, optim

emb, gru, out = nn.Embedding(8, 6), nn.GRU(6, 6, batch_first=True), nn.Linear(6, 8)
opt = optim.Adam([*emb.parameters(), *gru.parameters(), *out.parameters()], lr=0.01)
text = torch.randint(0, 8, (5, 9))
for _ in range(4):
    h, _ = gru(emb(text[:, :-1]))
    scores = out(h)
    scores = F.log_softmax(scores, dim=-1)  #+
    loss = F.nll_loss(scores.reshape(-1, 8), text[:, 1:].reshape(-1))  #!
    opt.zero_grad()
    loss.backward()
    opt.step()
result = [emb, out]
