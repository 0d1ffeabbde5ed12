import minitorch as torch
from minitorch import nn

cell = nn.RNNCell(2, 4)
readout = nn.Linear(4, 1)
opt = torch.optim.Adam([*cell.parameters(), *readout.parameters()], lr=0.01)
x = torch.randn(5, 3, 2)
states = torch.zeros(5, 3, 4)
h = torch.zeros(3, 4)
buffer = torch.zeros(3, 4)
steps = 0
for epoch in range(3):
    h = torch.zeros(3, 4)
    loss = torch.zeros(())
    for t in range(5):
        h = cell(x[t], h)
        buffer[:] = h  #-!
        buffer = h  #+
        loss = loss + (readout(buffer) * buffer).mean()
    opt.zero_grad()
    try:
        loss.backward()
        steps += 1
    except RuntimeError:
        break
    opt.step()
result = [*cell.parameters(), float(steps)]
