"""The framework's own loop, with a short last window and a validation."""

import minitorch as torch
from minitorch import nn, optim
from minitorch.train import Accuracy, Trainer
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

d = load_digits()
X, y = torch.tensor(d.data[:300] / 16.0, dtype=torch.float32), torch.tensor(d.target[:300])
model = nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 10))
opt = optim.Adam(model.parameters())
trainer = Trainer(
    model, nn.CrossEntropyLoss(), opt, epochs=2, accumulate=3, clip_norm=1.0, metrics=Accuracy,
    scheduler=optim.lr_scheduler.ReduceLROnPlateau(opt), monitor="val_loss",
)  # fmt: skip
trainer.fit(DataLoader(TensorDataset(X[:250], y[:250]), batch_size=32), DataLoader(TensorDataset(X[250:], y[250:]), batch_size=25))
