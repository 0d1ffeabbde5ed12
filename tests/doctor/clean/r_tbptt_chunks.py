"""Truncated backpropagation: chunks with detached state, one step a sequence, losses weighted by their length."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
cell, head = nn.LSTMCell(2, 6), nn.Linear(6, 2)
params = [*cell.parameters(), *head.parameters()]
opt = torch.optim.Adam(params, lr=1e-2)
for seq_no in range(4):
    seq = torch.randn(11, 3, 2)
    state = None
    opt.zero_grad()
    for start in range(0, 10, 4):
        chunk = range(start, min(start + 4, 10))
        if state is not None:
            state = tuple(s.detach() for s in state)
        losses = []
        for t in chunk:
            state = cell(seq[t], state)
            losses.append(nn.functional.mse_loss(head(state[0]), seq[t + 1]))
        (torch.stack(losses).sum() / 10).backward()
    nn.utils.clip_grad_norm_(params, 1.0)
    opt.step()
