"""State carried over detached, or reset; metrics from outputs whose graph is used up."""

import minitorch as torch
from minitorch import nn, optim

lstm, head, softmax, criterion = nn.LSTM(3, 5), nn.Linear(5, 2), nn.Softmax(dim=-1), nn.CrossEntropyLoss()
opt = optim.Adam([*lstm.parameters(), *head.parameters()], lr=0.01)
state, hits = None, 0.0
for step in range(8):
    y = torch.randint(0, 2, (4,))
    out, state = lstm(torch.randn(6, 4, 3), state)
    logits = head(out[-1])
    loss = criterion(logits, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    hits += (softmax(logits).argmax(1) == y).float().mean().item()
    again = criterion(logits, y)
    print(float(again), head(out[-1]).mean().item())
    state = tuple(s.detach() for s in state) if step % 4 else None
