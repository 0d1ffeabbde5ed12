"""A trainer of one's own that forgets what the framework's does first."""

import minitorch as torch
from minitorch import nn, optim
from minitorch.train import Trainer
from minitorch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

d = load_digits()
ds = TensorDataset(torch.tensor(d.data[:256] / 16.0, dtype=torch.float32), torch.tensor(d.target[:256]))


class MyTrainer(Trainer):
    def fit_window(self, window):
        self.optimizer.zero_grad()  #+
        for batch in window:
            output = self.model(*batch.inputs)
            loss = self.loss(output, batch.target) * batch.share
            loss.backward()  #!
        self.optimizer.step()  #!
        self.step, self.batch = self.step + 1, self.batch + len(window)


model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
trainer = MyTrainer(model, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.05), epochs=1, accumulate=2)
trainer.fit(DataLoader(ds, batch_size=32))
result = model
