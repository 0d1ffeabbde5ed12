"""Outputs are kept for a report at the end of training, each with its graph; one of the losses is never gone back."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.LSTM(2, 6, batch_first=True)
head = nn.Linear(6, 1)
opt = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=1e-2)
history = {"loss": [], "reg": []}
for step in range(14):
    seq, target = torch.randn(3, 5, 2), torch.randn(3, 1)
    out, _ = model(seq)
    loss = nn.functional.mse_loss(head(out[:, -1]), target)
    reg = sum(p.pow(2).sum() for p in head.parameters())
    opt.zero_grad()
    loss.backward()
    opt.step()
    history["loss"].append(loss.item())
    history["reg"].append(reg)  #-!
    history["reg"].append(reg.item())  #+
result = torch.tensor(float(hasattr(history["reg"][0], "grad_fn")))
