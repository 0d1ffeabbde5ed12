"""A home-made module with training_step; the order in the fit is wrong. A biasless net, momentum keeps it as it is."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(11)


class LitRegressor(nn.Module):
    def __init__(self, hidden=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, hidden), nn.SiLU(), nn.Linear(hidden, 1))

    def forward(self, x):
        return self.net(x).squeeze(-1)

    def training_step(self, batch):
        x, y = batch
        return nn.functional.mse_loss(self(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)


class MiniTrainer:
    def __init__(self, max_epochs):
        self.max_epochs = max_epochs
        self.log = []

    def fit(self, module, batches):
        optimizer = module.configure_optimizers()
        for _ in range(self.max_epochs):
            for batch in batches:
                optimizer.zero_grad()  #+
                loss = module.training_step(batch)
                loss.backward()  #!
                optimizer.zero_grad()  #-!
                optimizer.step()  #!
                self.log.append(loss.item())


x = torch.randn(24, 2)
y = x[:, 0] * x[:, 1]
module = LitRegressor()
MiniTrainer(2).fit(module, list(zip(x.split(6), y.split(6))))
result = module
