"""A recurrent net of names, updated by hand in a helper, as in the character tutorials: nothing clears the gradients."""
import minitorch as torch
import minitorch.nn as nn

torch.manual_seed(3)
N_LETTERS, N_HIDDEN, N_CLASSES = 6, 8, 3


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, letter, hidden):
        combined = torch.cat((letter, hidden), 1)
        return self.softmax(self.i2o(combined)), torch.tanh(self.i2h(combined))

    def init_hidden(self):
        return torch.zeros(1, self.hidden_size)


rnn = RNN(N_LETTERS, N_HIDDEN, N_CLASSES)
criterion = nn.NLLLoss()
learning_rate = 0.05


def train(category, line):
    hidden = rnn.init_hidden()
    rnn.zero_grad()  #+
    for letter in line:
        output, hidden = rnn(letter.unsqueeze(0), hidden)
    loss = criterion(output, category)
    loss.backward()  #!
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-learning_rate)  #!
    return output, loss.item()


current = 0.0
for it in range(12):
    category = torch.tensor([it % N_CLASSES])
    word = torch.eye(N_LETTERS)[torch.randint(0, N_LETTERS, (4,))]
    output, value = train(category, word)
    current += value
result = list(rnn.parameters())
