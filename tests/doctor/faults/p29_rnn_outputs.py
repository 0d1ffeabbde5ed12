import minitorch as torch
from minitorch import nn, optim

rnn, head = nn.RNN(2, 5), nn.Linear(5, 1)
opt = optim.SGD([*rnn.parameters(), *head.parameters()], lr=0.01)
predictions = []
for step in range(14):
    seq = torch.randn(7, 4, 2)
    out = head(rnn(seq)[0][-1])  #!
    loss = (out - seq.sum(0)[:, :1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    predictions.append(out)  #-!
    predictions.append(out.detach())  #+
result = [float(sum(p.requires_grad for p in predictions))]
