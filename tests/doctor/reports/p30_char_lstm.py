"""A character model that carries its hidden state over batches, as it is."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class CharRNN(nn.Module):
    def __init__(self, n_chars, n_hidden=8):
        super().__init__()
        self.n_hidden = n_hidden
        self.embed = nn.Embedding(n_chars, 6)
        self.lstm = nn.LSTM(6, n_hidden, batch_first=True)
        self.fc = nn.Linear(n_hidden, n_chars)

    def forward(self, x, hidden):
        out, hidden = self.lstm(self.embed(x), hidden)  #!
        return self.fc(out.reshape(-1, self.n_hidden)), hidden

    def init_hidden(self, n):
        return torch.zeros(1, n, self.n_hidden), torch.zeros(1, n, self.n_hidden)


def train(net, data, epochs=1, n_seqs=2, n_steps=5):
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    criterion = nn.CrossEntropyLoss()
    for e in range(epochs):
        h = net.init_hidden(n_seqs)
        for k in range(0, data.shape[1] - n_steps - 1, n_steps):
            x, y = data[:, k : k + n_steps], data[:, k + 1 : k + n_steps + 1]
            h = tuple(each.detach() for each in h)  #+
            net.zero_grad()
            output, h = net(x, h)  #!
            loss = criterion(output, y.reshape(-1))
            loss.backward()  #!
            nn.utils.clip_grad_norm_(net.parameters(), 5)
            opt.step()


net = CharRNN(7)
result = net
train(net, torch.randint(0, 7, (2, 40)))
