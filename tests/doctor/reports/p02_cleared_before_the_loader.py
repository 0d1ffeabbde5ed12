"""train_one_epoch clears once, above the loop over batches."""
import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def train_one_epoch(model, loader, optimizer, criterion, scheduler=None):
    model.train()
    total, seen = 0.0, 0
    optimizer.zero_grad()  #!
    for xb, yb in loader:
        optimizer.zero_grad()  #+
        out = model(xb)
        loss = criterion(out, yb)
        loss.backward()  #!
        optimizer.step()  #!
        total += loss.item() * len(xb)
        seen += len(xb)
    if scheduler is not None:
        scheduler.step()
    return total / seen


x = torch.randn(40, 6)
y = (x[:, 0] > 0).long()
loader = DataLoader(TensorDataset(x, y), batch_size=8)
model = nn.Sequential(nn.Linear(6, 10), nn.GELU(), nn.Linear(10, 2))
opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
sched = torch.optim.lr_scheduler.StepLR(opt, step_size=1, gamma=0.9)
history = [train_one_epoch(model, loader, opt, nn.CrossEntropyLoss(), sched) for _ in range(3)]
result = model
