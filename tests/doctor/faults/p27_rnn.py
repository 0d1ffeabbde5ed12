import minitorch as torch
from minitorch import nn


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(1, 6, batch_first=True)
        self.fc = nn.Linear(6, 1)

    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])


model = Forecaster()
opt = torch.optim.RMSprop(model.parameters(), lr=0.01, momentum=0.5)
series = torch.sin(torch.arange(0, 40) * 0.3)
windows = torch.stack([series[i : i + 8] for i in range(30)])[:, :, None]
targets = torch.stack([series[i + 8] for i in range(30)])[:, None]
for epoch in range(6):
    loss = nn.functional.mse_loss(model(windows), targets)
    loss.backward()
    if epoch == 2:
        model.rnn.requires_grad_(False)  #!
        model.rnn.zero_grad()  #+
    opt.step()
    for p in model.parameters():
        if p.grad is not None:
            p.grad.zero_()
result = model
