import minitorch as torch
from minitorch import nn

torch.manual_seed(3)
x = torch.randn(40, 5, 2)
y = x[:, :, 0].mean(1, keepdim=True)


class Reg(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.fc = nn.RNN(2, 6, batch_first=True), nn.Linear(6, 1)

    def forward(self, x):
        return self.fc(self.rnn(x)[1][0])


def train(model, optimizer, accumulate=2):
    criterion = nn.MSELoss()
    for it, s in enumerate(range(0, 40, 4)):
        loss = criterion(model(x[s : s + 4]), y[s : s + 4])
        (loss * (1.0 / accumulate)).backward()  #!
        if not it % accumulate:  #-!
            optimizer.step()  #-!
            optimizer.zero_grad()  #-
        if it % accumulate == accumulate - 1:  #+
            optimizer.step()  #+
            optimizer.zero_grad()  #+


result = Reg()
train(result, torch.optim.SGD(result.parameters(), lr=0.1))
