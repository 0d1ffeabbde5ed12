"""NLLLoss of what was never made a log-probability."""
import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.lstm, self.tag = nn.Embedding(10, 5), nn.LSTM(5, 6), nn.Linear(6, 4)

    def forward(self, sentence):
        out, _ = self.lstm(self.emb(sentence).view(len(sentence), 1, -1))
        space = self.tag(out.view(len(sentence), -1))
        return space  #-!
        return F.log_softmax(space, dim=1)  #+


model = Tagger()
loss_function = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(6):
    sentence, tags = torch.randint(0, 10, (5,)), torch.randint(0, 4, (5,))
    model.zero_grad()
    loss = loss_function(model(sentence), tags)  #!
    loss.backward()
    optimizer.step()
result = model
