"""Early stopping with a patience, an except for an interrupt, and printed losses."""

import io

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
x = torch.randn(100, 4)
y = x.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.1), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.05)
best, bad, out = float("inf"), 0, io.StringIO()
try:
    for epoch in range(6):
        net.train()
        for i in range(0, 80, 20):
            opt.zero_grad()
            loss = nn.functional.huber_loss(net(x[i : i + 20]), y[i : i + 20])
            loss.backward()
            opt.step()
            print(f"{epoch} {i} {loss:.4f} {loss.item()}", loss, file=out)
        net.eval()
        with torch.inference_mode():
            val = nn.functional.mse_loss(net(x[80:]), y[80:]).item()
        if val < best - 1e-4:
            best, bad = val, 0
        else:
            bad += 1
            if bad == 2:
                break
    raise KeyboardInterrupt
except KeyboardInterrupt:
    torch.save(net.state_dict(), io.BytesIO())
