import minitorch as torch
from minitorch import nn, optim


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 6)
        self.drop = nn.Dropout(0.4)
        self.lstm = nn.LSTM(6, 8, batch_first=True)
        self.out = nn.Linear(8, 1)

    def forward(self, tokens):
        _, (h, _) = self.lstm(self.drop(self.embedding(tokens)))
        return self.out(h[-1]).squeeze(1)


class Runner:
    def __init__(self, model):
        self.model, self.opt = model, optim.Adam(model.parameters(), lr=0.01)
        self.loss = nn.BCEWithLogitsLoss()

    def fit(self, x, y):
        self.model.train()
        self.opt.zero_grad()
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.opt.step()

    def validate(self, x, y):
        self.model.eval()  #+
        return self.loss(self.model(x), y).item()  #!


x = torch.randint(0, 20, (16, 5))
y = (x[:, 0] > 9).float()
xv = torch.randint(0, 20, (16, 5))
yv = (xv[:, 0] > 9).float()
runner = Runner(Sentiment())
scores = []
for epoch in range(6):
    runner.fit(x, y)
    scores.append(runner.validate(xv, yv))
result = scores
