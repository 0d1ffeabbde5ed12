"""Ten batches, windows of four: two are left over, and are in the first window of the next epoch."""
import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def train_epoch(model, loader, optimizer, accumulation_steps):
    model.train()
    for step, (x, y) in enumerate(loader):
        held = accumulation_steps
        held = min(held, len(loader) - step // held * held)  #+
        loss = nn.functional.mse_loss(model(x), y) / held
        loss.backward()  #!
        due = (step + 1) % accumulation_steps == 0  #-!
        due = (step + 1) % accumulation_steps == 0 or step + 1 == len(loader)  #+
        if due:  #!
            optimizer.step()  #!
            optimizer.zero_grad()


ds = TensorDataset(torch.randn(40, 3), torch.randn(40, 1))
model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(3):
    train_epoch(model, DataLoader(ds, batch_size=4, shuffle=True), opt, 4)
result = model
