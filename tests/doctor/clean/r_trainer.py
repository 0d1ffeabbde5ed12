"""The framework's own trainer, with accumulation, a scheduler and two fits."""
import minitorch as torch
from minitorch import nn
from minitorch.train import Trainer
from minitorch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(40, 4), torch.randint(0, 2, (40,))
loader = DataLoader(TensorDataset(x, y), batch_size=6)
val = DataLoader(TensorDataset(x[:10], y[:10]), batch_size=5)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 2))
opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
trainer = Trainer(model, nn.CrossEntropyLoss(), opt, epochs=2, accumulate=2)
trainer.fit(loader, val)
Trainer(model, nn.CrossEntropyLoss(), opt, epochs=1, accumulate=3).fit(loader, val)
