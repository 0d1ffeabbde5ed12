import minitorch as torch
from minitorch import nn

torch.manual_seed(5)
sequences = torch.randn(48, 6, 2)
answers = sequences.sum((1, 2)).gt(0).long()

gru = nn.GRU(2, 8, batch_first=True)
out = nn.Linear(8, 2)
params = list(gru.parameters()) + list(out.parameters())
optimizer = torch.optim.RMSprop(params, lr=0.005)
micro, K = 4, 2
done = 0
for a in range(0, 48, micro):
    for p in params:  #-
        p.grad = None  #-!
    _, h = gru(sequences[a : a + micro])
    loss = nn.functional.cross_entropy(out(h[-1]), answers[a : a + micro])
    (loss / K).backward()  #!
    done += 1
    if done == K:
        optimizer.step()  #!
        optimizer.zero_grad()  #+
        done = 0
result = params
